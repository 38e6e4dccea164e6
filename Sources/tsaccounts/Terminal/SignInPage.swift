import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that leads the browser to the sign-in URL.
///
/// Other users of this computer can read the arguments of every process. With the URL they would know the `state` and
/// the PKCE challenge, and could complete the sign-in with an account of their own. So the browser gets the name of a
/// file that only this user can read.
struct SignInPage: Sendable {
    private let directory: String

    private var path: String { directory + "/sign-in.html" }

    /// The address of the file.
    var address: String { URL(fileURLWithPath: path).absoluteString }

    /// Writes the file, with mode 0600 in a directory of mode 0700; returns nil if that fails.
    static func write(leadingTo url: String, _ environment: [String: String]) -> SignInPage? {
        for parent in parents(environment) {
            var template = Array("\(parent)/tsaccounts-XXXXXX".utf8CString)
            guard mkdtemp(&template) != nil else { continue }
            let name = template.dropLast().map { UInt8(bitPattern: $0) }
            let page = SignInPage(directory: String(decoding: name, as: UTF8.self))
            if page.write(html(for: url)) { return page }
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

    private static func html(for url: String) -> String {
        let address = url.replacing("&", with: "&amp;").replacing("\"", with: "&quot;").replacing("<", with: "&lt;")
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="referrer" content="no-referrer">
            <meta http-equiv="refresh" content="0; url=\(address)">
            <title>Sign in</title>
            </head>
            <body><p><a href="\(address)">Continue to the sign-in page</a></p></body>
            </html>

            """
    }
}
