import Foundation
import Synchronization

/// A running process under test. Provides its output line by line, and its result.
final class RunningTool: Sendable {
    private struct State {
        var output = Data()
        var errors = Data()
        var openPipes = 2
        var status: Int32?
        var waiter: CheckedContinuation<Void, Never>?
        var isOver: Bool { openPipes == 0 && status != nil }
    }

    let processID: Int32
    /// The lines of standard error.
    let errorLines: AsyncStream<String>
    /// The lines of standard output.
    let outputLines: AsyncStream<String>

    private let state = Mutex(State())
    private let inputDescriptor: Int32?

    init(
        _ program: URL,
        _ arguments: [String],
        input: String?,
        directory: URL,
        environment: [String: String],
        keepsInputOpen: Bool = false
    ) throws {
        let process = Process()
        let (output, errors, standardInput) = (Pipe(), Pipe(), Pipe())
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = directory
        process.environment = environment
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = input == nil && !keepsInputOpen ? FileHandle.nullDevice : standardInput
        let (errorStream, errorContinuation) = AsyncStream.makeStream(of: String.self)
        let (outputStream, outputContinuation) = AsyncStream.makeStream(of: String.self)
        errorLines = errorStream
        outputLines = outputStream
        let writing = standardInput.fileHandleForWriting
        inputDescriptor = keepsInputOpen ? dup(writing.fileDescriptor) : nil
        let ending = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            ending.continuation.yield(
                process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
            )
            ending.continuation.finish()
        }
        try process.run()
        processID = process.processIdentifier
        if let input { try writing.write(contentsOf: Data(input.utf8)) }
        try writing.close()
        Task { [self] in
            for await status in ending.stream { update { $0.status = status } }
        }
        pump(output.fileHandleForReading, outputContinuation) { $0.output += $1 }
        pump(errors.fileHandleForReading, errorContinuation) { $0.errors += $1 }
    }

    deinit {
        if let inputDescriptor { close(inputDescriptor) }
    }

    /// Sends a line to standard input, if it was kept open.
    func type(_ line: String) {
        guard let inputDescriptor else { return }
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(inputDescriptor, $0.baseAddress, $0.count) }
    }

    /// Sends a signal.
    func signal(_ number: Int32) {
        kill(processID, number)
    }

    /// Waits for the end of the process.
    func result() async -> Tool.Result {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiter = continuation }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
        return state.withLock { state in
            Tool.Result(
                status: state.status ?? -1,
                output: String(decoding: state.output, as: UTF8.self),
                errors: String(decoding: state.errors, as: UTF8.self)
            )
        }
    }

    /// Waits for the first line of standard error that is a URL.
    func url() async -> String? {
        for await line in errorLines where line.hasPrefix("http") { return line }
        return nil
    }

    private func pump(
        _ handle: FileHandle,
        _ lines: AsyncStream<String>.Continuation,
        _ keep: @escaping @Sendable (inout State, Data) -> Void
    ) {
        let descriptor = handle.fileDescriptor
        let copy = dup(descriptor)
        try? handle.close()
        Thread.detachNewThread { [self] in
            var partial: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(copy, &buffer, buffer.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { break }
                state.withLock { keep(&$0, Data(buffer[..<count])) }
                partial += buffer[..<count]
                while let end = partial.firstIndex(of: 10) {
                    lines.yield(String(decoding: partial[..<end], as: UTF8.self))
                    partial.removeSubrange(...end)
                }
            }
            close(copy)
            lines.finish()
            update { $0.openPipes -= 1 }
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            guard state.isOver else { return nil as CheckedContinuation<Void, Never>? }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
