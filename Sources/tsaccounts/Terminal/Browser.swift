import Foundation

/// Opens a page in the user's browser, if one exists.
///
/// The URL has been printed before, so a failure is only a note.
enum Browser {
    /// Opens a URL.
    ///
    /// - Returns: True if a browser was started.
    static func open(_ url: String) -> Bool {
        let environment = ProcessInfo.processInfo.environment
        guard let program = program(environment) else { return false }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program, url]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return (try? process.run()) != nil
    }

    private static func program(_ environment: [String: String]) -> String? {
        if let chosen = environment["BROWSER"], !chosen.isEmpty { return chosen }
        #if os(macOS)
            return "open"
        #else
            let hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY"].contains { !(environment[$0] ?? "").isEmpty }
            return hasDisplay ? "xdg-open" : nil
        #endif
    }
}
