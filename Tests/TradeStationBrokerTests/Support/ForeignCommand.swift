import Foundation

/// Programs that are not part of the package.
enum ForeignCommand {
    /// Runs a program and returns its status and output.
    static func run(_ program: String, _ arguments: [String], input: String = "") async throws -> (
        Int32, String
    ) {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let (process, output, inputPipe) = (Process(), Pipe(), Pipe())
                process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                process.arguments = [program] + arguments
                process.standardOutput = output
                process.standardError = output
                process.standardInput = inputPipe
                do {
                    try process.run()
                    try inputPipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
                    try inputPipe.fileHandleForWriting.close()
                    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                    process.waitUntilExit()
                    continuation.resume(returning: (process.terminationStatus, text))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }
}
