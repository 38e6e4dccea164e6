import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that leads the browser to an address that other users must not learn.
///
/// Other users of this computer can read the arguments of every process. With a sign-in URL they would know the `state`
/// and the PKCE challenge, and could complete the sign-in with an account of their own; with the link of a dashboard
/// they could open it first. So the browser gets the name of a file that only this user can read.
struct BrowserPage: Sendable {
    private let directory: String

    private var path: String { directory + "/continue.html" }

    /// The address of the file.
    var address: String { URL(fileURLWithPath: path).absoluteString }

    /// Writes the file, with mode 0600 in a directory of mode 0700; returns nil if that fails.
    ///
    /// - Parameters:
    ///   - url: The address.
    ///   - name: What is there, for example `the sign-in page`.
    static func write(leadingTo url: String, _ name: String, _ environment: [String: String]) -> BrowserPage? {
        for parent in parents(environment) {
            var template = Array("\(parent)/tsaccounts-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { continue }
            let bytes = template.dropLast().map { UInt8(bitPattern: $0) }
            let page = BrowserPage(directory: String(decoding: bytes, as: UTF8.self))
            if page.write(html(for: url, name)) { return page }
            page.remove()
        }
        return nil
    }

    /// Removes the file and its directory.
    func remove() {
        unlink(path)
        rmdir(directory)
    }

    private static func parents(_ environment: [String: String]) -> [String] {
        [environment["XDG_RUNTIME_DIR"], environment["TMPDIR"], "/tmp"].compactMap { $0 }.filter { $0.hasPrefix("/") }
    }

    private func write(_ text: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        return (try? file.write(contentsOf: Data(text.utf8))) != nil
    }

    private static func html(for url: String, _ name: String) -> String {
        let address = url.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="referrer" content="no-referrer">
            <meta http-equiv="refresh" content="0; url=\(address)">
            <title>tsaccounts</title>
            </head>
            <body><p><a href="\(address)">Continue to \(name)</a></p></body>
            </html>

            """
    }
}
