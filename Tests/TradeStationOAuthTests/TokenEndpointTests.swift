import Foundation
import NIOCore
import Testing
import TradeStationModel
import TradeStationOAuth
import TradeStationTesting

/// What comes of an exchange, whatever the server does.
@Suite(.serialized) struct TokenEndpointTests {
    @Test(arguments: ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"])
    func `a redirect is never followed, so the secrets stay here`(_ status: String) async throws {
        let elsewhere = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: Exchange.granted)
        } while: { other in
            let (answer, requests) = try await Exchange.refresh { connection in
                try await connection.readRequest()
                try await connection.reply(
                    status,
                    headers: ["Location: http://localhost:\(other.port)/oauth/token"],
                    body: ""
                )
            }
            #expect(answer.failure?.kind == .serverTrouble)
            #expect(answer.failure?.description == "The redirect was not followed.")
            #expect(requests.count == 1)
            return other.requests
        }
        #expect(elsewhere.isEmpty)
    }

    @Test func `a refused connection is known not to have reached the server`() async throws {
        let port = RawSocket.freePort()
        let failure = try await Exchange.withTransport { transport in
            await TokenEndpoint(transport: transport)
                .refresh(try .sample(port: port), refreshToken: Secret("ref-1")).failure
        }
        #expect(failure?.kind == .notSent)
        #expect(failure?.code == .serverUnreachable)
        #expect(failure?.description == "No connection could be made.")
    }

    @Test func `a server that does not speak TLS is known not to have been sent anything`() async throws {
        let failure = try await ScriptedServer.run { connection in
            try await connection.write("220 this is not TLS\r\n")
            try await connection.drain()
        } while: { server in
            try await Exchange.withTransport { transport in
                let credentials = ClientCredentials(
                    registration: try .sample(port: server.port, scheme: "https"),
                    secret: nil
                )
                return await TokenEndpoint(transport: transport)
                    .refresh(credentials, refreshToken: Secret("ref-1")).failure
            }
        }
        #expect(failure?.kind == .notSent)
        #expect(
            failure?.description == "No trusted connection could be made: the TLS handshake or the certificate failed."
        )
    }

    @Test func `a close after the request leaves the outcome unknown`() async throws {
        let (answer, requests) = try await Exchange.refresh { try await $0.readRequest() }
        #expect(answer.failure?.kind == .outcomeUnknown)
        #expect(answer.failure?.code == .serverUnreachable)
        #expect(requests.count == 1)
    }

    @Test func `a reset after the request leaves the outcome unknown`() async throws {
        let (answer, _) = try await Exchange.refresh { connection in
            try await connection.readRequest()
            let socket = try #require(connection.channel as? any SocketOptionProvider)
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        #expect(answer.failure?.kind == .outcomeUnknown)
    }

    @Test func `silence is cut off at the limit and leaves the outcome unknown`() async throws {
        let (answer, requests) = try await Exchange.refresh(TransportConfiguration(replyMilliseconds: 2_000)) {
            connection in
            try await connection.readRequest()
            try await connection.drain()
        }
        #expect(answer.failure?.kind == .outcomeUnknown)
        #expect(answer.failure?.httpStatus == nil)
        #expect(answer.failure?.code == .serverUnreachable)
        #expect(answer.failure?.description == "It did not answer in time.")
        #expect(requests.count == 1)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a reply that drips is cut off at the limit, though a byte comes ever so often`() async throws {
        let time = TestClock(sinceBoot: .zero)
        let (answer, _) = try await Exchange.refresh(
            TransportConfiguration(replyMilliseconds: 2_000, maximumBodyBytes: 32 << 20),
            sleep: { try await time.sleep(milliseconds: Int64($0)) },
            script: { connection in
                try await connection.readRequest()
                try await time.waitForSleeper()
                try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n{")
                // More than all buffers between hold: once it is written, the client has read what came first.
                let piece = String(repeating: " ", count: 1 << 16)
                for _ in 0..<256 {
                    try await connection.write(piece)
                    time.advance(by: .milliseconds(5))
                }
                // Bytes that keep coming must not push the limit out.
                for _ in 0..<36 {
                    try await connection.write(" ")
                    time.advance(by: .milliseconds(20))
                }
                try await connection.drain()
            }
        )
        #expect(time.bootMilliseconds() == 2_000)
        #expect(answer.failure?.kind == .outcomeUnknown)
        #expect(answer.failure?.httpStatus == 200)
        #expect(answer.failure?.code == .serverError)
    }

    @Test func `a reply that breaks off gives up the refresh token that already came`() async throws {
        let (answer, _) = try await Exchange.refresh { connection in
            try await connection.readRequest()
            try await connection.write(
                "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"refresh_token\":\"ref-2\",\"access_token\":\"ac"
            )
        }
        #expect(answer.failure?.kind == .outcomeUnknown)
        #expect(answer.failure?.httpStatus == 200)
        #expect(answer.failure?.salvagedRefreshToken?.exposed == "ref-2")
    }

    @Test func `tokens in a whole object count, even where the connection broke right after it`() async throws {
        let (answer, _) = try await Exchange.refresh { connection in
            try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n\(Exchange.granted)")
        }
        #expect(answer.grant?.refreshToken?.exposed == "ref-2")
    }

    @Test func `a chunked reply without its last chunk is read as far as it came`() async throws {
        let (answer, _) = try await Exchange.refresh { connection in
            try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"acc\r\n")
        }
        #expect(answer.failure?.kind == .outcomeUnknown)
        #expect(answer.failure?.httpStatus == 200)
    }

    @Test(arguments: [true, false])
    func `a reply over the limit is not read to its end`(_ announced: Bool) async throws {
        let (answer, _) = try await Exchange.refresh(
            TransportConfiguration(replyMilliseconds: 20_000, maximumBodyBytes: 1_000)
        ) { connection in
            try await connection.readRequest()
            let length = announced ? "Content-Length: 1000000" : "Connection: close"
            try await connection.write("HTTP/1.1 200 OK\r\n\(length)\r\n\r\n")
            while true { try await connection.write(String(repeating: " ", count: 4_096)) }
        }
        #expect(answer.failure?.kind == .outcomeUnknown)
        #expect(answer.failure?.httpStatus == 200)
    }

    @Test func `an error status counts, however large its page is`() async throws {
        let (answer, _) = try await Exchange.refresh(
            TransportConfiguration(replyMilliseconds: 20_000, maximumBodyBytes: 1_000)
        ) { connection in
            try await connection.readRequest()
            try await connection.reply(
                "429 Too Many Requests",
                headers: ["Retry-After: 12"],
                body: String(repeating: "x", count: 5_000)
            )
        }
        #expect(answer.failure?.kind == .rateLimited)
        #expect(answer.failure?.retryAfterSeconds == 12)
    }

    @Test func `what is not HTTP leaves the outcome unknown`() async throws {
        let (answer, _) = try await Exchange.refresh { connection in
            try await connection.readRequest()
            try await connection.write("SSH-2.0-OpenSSH\r\n\r\n")
        }
        #expect(answer.failure?.kind == .outcomeUnknown)
    }

    @Test func `cancelling the caller does not abort an exchange that has begun`() async throws {
        let (isAsked, asked) = AsyncStream.makeStream(of: Void.self)
        let (isReleased, released) = AsyncStream.makeStream(of: Void.self)
        let grant = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            if connection.isFirst {
                asked.yield()
                _ = await isReleased.first { _ in true }
            }
            try await connection.reply("200 OK", body: Exchange.granted)
        } while: { server in
            try await Exchange.withTransport { transport in
                let endpoint = TokenEndpoint(transport: transport)
                let credentials = try ClientCredentials.sample(port: server.port)
                let caller = Task { await endpoint.refresh(credentials, refreshToken: Secret("ref-1")) }
                _ = await isAsked.first { _ in true }
                caller.cancel()
                // Whole exchanges later the cancellation would have taken its effect, if it had one.
                for _ in 0..<10 { _ = await endpoint.refresh(credentials, refreshToken: Secret("ref-1")) }
                released.yield()
                return await caller.value.grant
            }
        }
        #expect(grant?.refreshToken?.exposed == "ref-2")
    }

    @Test func `every exchange uses a connection of its own`() async throws {
        let requests = try await ScriptedServer.run { connection in
            try await connection.readRequest()
            try await connection.reply("200 OK", body: Exchange.granted)
        } while: { server in
            try await Exchange.withTransport { transport in
                let credentials = try ClientCredentials.sample(port: server.port)
                for _ in 0..<3 {
                    let answer = await TokenEndpoint(transport: transport)
                        .refresh(credentials, refreshToken: Secret("ref-1"))
                    #expect(answer.grant != nil)
                }
                return server.requests
            }
        }
        #expect(requests.count == 3)
        #expect(requests.allSatisfy { $0.lowercased().contains("connection: close\r\n") })
    }
}
