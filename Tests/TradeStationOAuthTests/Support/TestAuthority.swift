import Foundation
import NIOSSL
import Testing

/// A certificate authority, and certificates that it has signed. Made with the `openssl` command.
struct TestAuthority: Sendable {
    /// The directory with the files.
    let directory: String
    /// The certificate of the authority.
    var certificate: String { directory + "/ca/ca.pem" }
    /// A directory that contains only the certificate of the authority.
    var certificateDirectory: String { directory + "/ca" }

    /// The authority of this process, made on first use.
    static let shared = Result { try TestAuthority() }

    /// Whether the machine has the command.
    static let isPossible = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

    private init() throws {
        directory = FileManager.default.temporaryDirectory.path + "/tsa-authority-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory + "/ca", withIntermediateDirectories: true)
        let script = """
            set -e
            cd "\(directory)"
            key="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
            openssl req -x509 $key -keyout ca.key -out ca/ca.pem -days 30 -subj "/CN=Test Authority" \
                -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
            printf '[ca]\\ndefault_ca=a\\n[a]\\ndatabase=index\\nserial=serial\\nnew_certs_dir=.\\npolicy=p\\n' > ca.cnf
            printf 'default_md=sha256\\nunique_subject=no\\n[p]\\ncommonName=supplied\\n' >> ca.cnf
            touch index; echo 01 > serial
            sign() {
                openssl req $key -keyout "$1.key" -out "$1.csr" -subj "/CN=$1"
                printf 'subjectAltName=%s\\nbasicConstraints=CA:FALSE\\n' "$2" > "$1.ext"
                openssl ca -batch -notext -config ca.cnf -cert ca/ca.pem -keyfile ca.key -in "$1.csr" -out "$1.pem" \
                    -extfile "$1.ext" -startdate "$3" -enddate "$4"
            }
            sign valid DNS:auth.corp.test,IP:127.0.0.1 20200101000000Z 20991231000000Z
            sign elsewhere DNS:elsewhere.test 20200101000000Z 20991231000000Z
            sign expired DNS:auth.corp.test,IP:127.0.0.1 20200101000000Z 20200201000000Z
            sign early DNS:auth.corp.test,IP:127.0.0.1 20980101000000Z 20991231000000Z
            """
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", script]
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        shell.waitUntilExit()
        guard shell.terminationStatus == 0 else { throw Failure() }
    }

    struct Failure: Error {}

    /// The certificate of a server: `valid`, `elsewhere`, `expired` or `early`.
    static func server(_ name: String) throws -> NIOSSLContext {
        let directory = try shared.get().directory
        let chain = try NIOSSLCertificate.fromPEMFile("\(directory)/\(name).pem")
        let key = try NIOSSLPrivateKey(file: "\(directory)/\(name).key", format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
        )
    }
}
