import Foundation
import NIOCore
import Testing
import TradeStationModel
import TradeStationOAuth
import TradeStationTesting

/// The outcome of an exchange for every behavior of the server.
///
/// The tests are serialized because they share the processor, and some of them end at a time limit in real time.
@Suite(.serialized) struct TokenEndpointTests {
    @Test(arguments: ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent Redirect"])
    func `a redirect is never followed, so no other server receives the secrets`(_ status: String) async throws {
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

    @Test func `a refused connection is reported as not sent`() async throws {
        let port = RawSocket.freePort()
        let failure = try await Exchange.withTransport { transport in
            await TokenEndpoint(transport: transport)
                .refresh(try .sample(port: port), refreshToken: Secret("ref-1")).failure
        }
        #expect(failure?.kind == .notSent)
        #expect(failure?.code == .serverUnreachable)
        #expect(failure?.description == "No connection to localhost could be established.")
    }

    @Test func `a server without TLS is reported as not sent`() async throws {
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
            failure?.description
                == "No trusted connection to localhost could be established: the TLS handshake failed."
        )
    }

    @Test func `closing the connection after the request leaves the outcome unknown`() async throws {
        let (answer, requests) = try await Exchange.refresh { try await $0.readRequest() }
        #expect(answer.failure?.kind == .outcomeUnknown)
        #expect(answer.failure?.code == .serverUnreachable)
        #expect(requests.count == 1)
    }

    @Test func `resetting the connection after the request leaves the outcome unknown`() async throws {
        let (answer, _) = try await Exchange.refresh { connection in
            try await connection.readRequest()
            let socket = try #require(connection.channel as? any SocketOptionProvider)
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        #expect(answer.failure?.kind == .outcomeUnknown)
    }

    @Test func `a missing response ends at the time limit and leaves the outcome unknown`() async throws {
        let (answer, requests) = try await Exchange.refresh(TransportConfiguration(replyMilliseconds: 2_000)) {
            connection in
            try await connection.readRequest()
            try await connection.drain()
        }
        #expect(answer.failure?.kind == .outcomeUnknown)
        #expect(answer.failure?.httpStatus == nil)
        #expect(answer.failure?.code == .serverUnreachable)
        #expect(answer.failure?.description == "The server did not answer in time.")
        #expect(requests.count == 1)
    }

    @Test(.timeLimit(.minutes(20)))
    func `a slow response ends at the time limit, although bytes keep arriving`() async throws {
        let time = TestClock(sinceBoot: .zero)
        let (answer, _) = try await Exchange.refresh(
            TransportConfiguration(replyMilliseconds: 2_000, maximumBodyBytes: 32 << 20),
            sleep: { try await time.sleep(milliseconds: Int64($0)) },
            script: { connection in
                try await connection.readRequest()
                try await time.waitForSleeper()
                try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 30000000\r\n\r\n{")
                // More bytes than all buffers can hold: once they are written, the client has read the first ones.
                let piece = String(repeating: " ", count: 1 << 16)
                for _ in 0..<256 { try await connection.write(piece) }
                // The client's task is ready to run by now, but other tests may be ahead of it.
                for _ in 0..<1000 { await Task.yield() }
                time.advance(by: .milliseconds(1280))
                // Further bytes must not extend the limit.
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

    @Test func `the refresh token of a response that breaks off is salvaged`() async throws {
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

    @Test func `tokens in a complete object count, even if the connection breaks after it`() async throws {
        let (answer, _) = try await Exchange.refresh { connection in
            try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n\(Exchange.granted)")
        }
        #expect(answer.grant?.refreshToken?.exposed == "ref-2")
    }

    @Test func `a chunked response without its last chunk leaves the outcome unknown`() async throws {
        let (answer, _) = try await Exchange.refresh { connection in
            try await connection.readRequest()
            try await connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"acc\r\n")
        }
        #expect(answer.failure?.kind == .outcomeUnknown)
        #expect(answer.failure?.httpStatus == 200)
    }

    @Test(arguments: [true, false])
    func `a response over the size limit leaves the outcome unknown`(_ announced: Bool) async throws {
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

    @Test func `an error status is classified even if the body is over the size limit`() async throws {
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

    @Test func `a response that is not HTTP leaves the outcome unknown`() async throws {
        let (answer, _) = try await Exchange.refresh { connection in
            try await connection.readRequest()
            try await connection.write("SSH-2.0-OpenSSH\r\n\r\n")
        }
        #expect(answer.failure?.kind == .outcomeUnknown)
    }

    @Test func `cancelling the caller does not abort an exchange that has started`() async throws {
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
                // These exchanges give a wrong cancellation enough time to take effect.
                for _ in 0..<10 { _ = await endpoint.refresh(credentials, refreshToken: Secret("ref-1")) }
                released.yield()
                return await caller.value.grant
            }
        }
        #expect(grant?.refreshToken?.exposed == "ref-2")
    }

    @Test func `every exchange uses a new connection`() async throws {
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
