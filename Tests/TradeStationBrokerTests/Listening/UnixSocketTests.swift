import Foundation
import NIOHTTP1
import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite(.timeLimit(.minutes(5))) struct UnixSocketTests {
    private static let request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test func `the socket has mode 0600, in a directory of mode 0700 that is created`() async throws {
        try await SocketPlace.with { place in
            let inner = SocketPlace(directory: place.directory + "/new")
            let listener = try await inner.listen()
            #expect(try SocketPlace.mode(of: inner.directory) == 0o700)
            #expect(try SocketPlace.mode(of: inner.path) == 0o600)
            #expect(try await RawClient(path: inner.path).ask(Self.request).hasPrefix("HTTP/1.1 200 "))
            await listener.close()
            #expect(!FileManager.default.fileExists(atPath: inner.path))
        }
    }

    @Test(arguments: [0o755, 0o770, 0o701])
    func `a directory that others may enter is refused`(mode: mode_t) async throws {
        try await SocketPlace.with(mode: mode) { place in
            let error = try await #require(throws: AccountsError.self) { try await place.listen() }
            #expect(error.code == .insecurePermissions)
            #expect(error.suggestion == "chmod 700 '\(place.directory)'")
        }
    }

    @Test func `a path that is too long for the system is refused with both lengths`() async throws {
        try await SocketPlace.with { place in
            let long = SocketPlace(directory: place.directory + "/" + String(repeating: "x", count: 100))
            let error = try await #require(throws: AccountsError.self) { try await long.listen() }
            #expect(error.code == .usage)
            #expect(error.reason?.contains("It has \(long.path.utf8.count) bytes") == true)
        }
    }

    @Test func `the socket of a dead process is replaced`() async throws {
        try await SocketPlace.with { place in
            // A bound socket that nobody listens on any more.
            let descriptor = UnixAddress.makeSocket()
            #expect(UnixAddress.bind(descriptor, to: place.path))
            close(descriptor)
            let listener = try await place.listen()
            #expect(try await RawClient(path: place.path).ask(Self.request).hasPrefix("HTTP/1.1 200 "))
            await listener.close()
        }
    }

    @Test func `the socket of a living process is left to it, and the error says who it is`() async throws {
        try await SocketPlace.with { place in
            let listener = try await place.listen()
            let error = try await #require(throws: AccountsError.self) { try await place.listen() }
            #expect(error.code == .cannotCreate)
            #expect(error.reason?.contains("Process \(getpid()) ") == true)
            #expect(try await RawClient(path: place.path).ask(Self.request).hasPrefix("HTTP/1.1 200 "))
            await listener.close()
        }
    }

    @Test func `a socket that somebody listens on without the lock is left alone`() async throws {
        try await SocketPlace.with { place in
            let descriptor = UnixAddress.makeSocket()
            #expect(UnixAddress.bind(descriptor, to: place.path))
            #expect(Glibc.listen(descriptor, 1) == 0)
            defer { close(descriptor) }
            let error = try await #require(throws: AccountsError.self) { try await place.listen() }
            #expect(error.reason?.contains("Process \(getpid()) ") == true)
            #expect(FileManager.default.fileExists(atPath: place.path))
        }
    }

    @Test func `a file in the place of the socket is not removed`() async throws {
        try await SocketPlace.with { place in
            #expect(FileManager.default.createFile(atPath: place.path, contents: Data("mine".utf8)))
            let error = try await #require(throws: AccountsError.self) { try await place.listen() }
            #expect(error.message == "\(place.path) is not a socket.")
            #expect(FileManager.default.contents(atPath: place.path) == Data("mine".utf8))
        }
    }

    @Test func `the client's process, user and program are known`() async throws {
        let responder = ScriptedResponder { request, response in
            let client = request.client
            try await response.send(.ok, "\(client.userID ?? 0) \(client.processID ?? 0) \(client.program ?? "")")
        }
        try await SocketPlace.with { place in
            let listener = try await place.listen(responder)
            let answer = try await RawClient(path: place.path).ask(Self.request)
            let program = try #require(CommandLine.arguments.first?.split(separator: "/").last)
            #expect(answer.hasSuffix("\r\n\r\n\(geteuid()) \(getpid()) \(program)"))
            await listener.close()
        }
    }

    @Test func `the user at the other end of a loopback connection is known`() async throws {
        let responder = ScriptedResponder { request, response in
            try await response.send(.ok, request.client.userID.map { "user \($0)" } ?? "unknown")
        }
        let answer = try await HTTPListener.withLoopback(responder) { client, _ in try await client.ask(Self.request) }
        #expect(answer.hasSuffix("\r\n\r\nuser \(geteuid())"))
    }

    @Test func `a client that is not admitted gets 403 and an error as JSON`() async throws {
        try await HTTPListener.withLoopback(ScriptedResponder.echo, admit: { _ in false }) { client, _ in
            let answer = try await client.ask(Self.request)
            #expect(answer.hasPrefix("HTTP/1.1 403 "))
            #expect(answer.contains(#"{"code":"other_user","message":"#))
        }
    }
}
