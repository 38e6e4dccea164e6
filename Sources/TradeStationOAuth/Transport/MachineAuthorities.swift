import Foundation

/// The file in which this machine keeps the certificate authorities that it trusts.
package enum MachineAuthorities {
    /// The files that distributions keep their authorities in. The TLS library reads the first two.
    static let files = [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
    ]

    /// The path of the file; nil if the machine has none.
    package static var file: String? { files.first(where: hasContent) }

    /// Whether a file, or the target of a link, is not empty.
    static func hasContent(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size > 0
    }
}
