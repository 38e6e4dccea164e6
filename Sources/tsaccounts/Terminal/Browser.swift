import Foundation

/// Opens a page in the user's browser, if there is one. The URL has been printed already, so failing is a note.
enum Browser {
    /// Whether it was possible to start one.
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
