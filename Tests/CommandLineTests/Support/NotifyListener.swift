import Foundation

/// Receives the datagrams that a service sends to systemd.
final class NotifyListener {
    /// The value for `NOTIFY_SOCKET`: a path, or an abstract name that begins with `@`.
    let address: String
    private let process: RunningTool
    private var lines: AsyncStream<String>.Iterator

    private init(address: String, process: RunningTool) {
        self.address = address
        self.process = process
        lines = process.outputLines.makeAsyncIterator()
    }

    /// Runs `body` with a listener at an address.
    static func with<Value>(_ address: String, _ body: (NotifyListener) async throws -> Value) async throws -> Value {
        let program = """
            import socket, sys
            address = sys.argv[1]
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            listener.bind("\\0" + address[1:] if address.startswith("@") else address)
            print("listening", flush=True)
            while True:
                print(listener.recv(4096).decode().replace("\\n", " "), flush=True)
            """
        let process = try RunningTool(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["python3", "-c", program, address],
            input: nil,
            directory: FileManager.default.temporaryDirectory,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"]
        )
        let listener = NotifyListener(address: address, process: process)
        let result: Result<Value, any Error>
        do {
            _ = await listener.next()
            result = .success(try await body(listener))
        } catch {
            result = .failure(error)
        }
        process.signal(SIGKILL)
        _ = await process.result()
        return try result.get()
    }

    /// Waits for the next datagram. Its lines are joined by spaces.
    func next() async -> String? { await lines.next(isolation: #isolation) }
}
