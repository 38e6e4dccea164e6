import Foundation

/// Opens a page in the user's browser, if one exists.
///
/// The URL has been printed before, so a failure is only a note.
enum Browser {
    /// Starts the first command that can open a page. If it fails, the next one is started.
    ///
    /// - Parameter failed: Runs once if no command could open the page. It can run later, from another thread.
    static func open(
        _ page: String,
        _ environment: [String: String],
        failed: @escaping @Sendable () -> Void
    ) {
        start(BrowserCommand.candidates(for: page, environment)[...], environment, failed)
    }

    private static func start(
        _ commands: ArraySlice<BrowserCommand>,
        _ environment: [String: String],
        _ failed: @escaping @Sendable () -> Void
    ) {
        guard let command = commands.first else { return failed() }
        let others = commands.dropFirst()
        guard let program = command.executable(environment) else { return start(others, environment, failed) }
        let process = Process()
        process.executableURL = program
        process.arguments = Array(command.words.dropFirst())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { process in
            // A signal means that somebody ended the browser.
            if process.terminationReason == .exit, process.terminationStatus != 0 {
                start(others, environment, failed)
            }
        }
        guard (try? process.run()) != nil else { return start(others, environment, failed) }
    }
}
