import Crypto
import Foundation
package import NIOSSL
import SwiftASN1
import Synchronization
package import TradeStationModel
import X509

/// The certificate authority of one run. Only the programs of the run trust it, because only they get its certificate.
///
/// Its key is in memory only. Name constraints (RFC 5280 section 4.2.1.10) limit it to the hosts of the run.
package final class RunAuthority: Sendable {
    /// A certificate for the hosts, ready for use.
    private struct Issued {
        let context: NIOSSLContext
        let renewAt: Timestamp
    }

    /// The certificate of the authority in PEM form. It contains no secret.
    package let certificatePEM: String

    private let hosts: [String]
    private let name: DistinguishedName
    private let key = P256.Signing.PrivateKey()
    private let clock: any TimeSource
    private let issued: Mutex<Issued>

    /// Creates an authority, and a certificate for the hosts.
    ///
    /// - Parameter hosts: The names for which certificates are issued.
    package init(hosts: [String], clock: any TimeSource) throws {
        let now = clock.wallTime()
        name = try DistinguishedName { CommonName("tsaccounts, this run only") }
        self.hosts = hosts
        self.clock = clock
        let publicKey = Certificate.PublicKey(key.publicKey)
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: publicKey,
            notValidBefore: now.date(plus: -Self.clockTolerance),
            notValidAfter: now.date(plus: Self.authorityLife),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                Critical(NameConstraints(permittedDNSDomains: Self.domains(of: hosts)))
                SubjectKeyIdentifier(hash: publicKey)
            },
            issuerPrivateKey: Certificate.PrivateKey(key)
        )
        certificatePEM = try certificate.serializeAsPEM().pemString + "\n"
        issued = Mutex(try Self.issue(for: hosts, by: name, key, at: now))
    }

    /// The TLS settings for a new connection. When half of its life is over, the certificate is replaced.
    package func context() throws -> NIOSSLContext {
        let now = clock.wallTime()
        return try issued.withLock { issued in
            if now >= issued.renewAt { issued = try Self.issue(for: hosts, by: name, key, at: now) }
            return issued.context
        }
    }

    private static func issue(
        for hosts: [String],
        by issuer: DistinguishedName,
        _ issuerKey: P256.Signing.PrivateKey,
        at now: Timestamp
    ) throws -> Issued {
        let key = P256.Signing.PrivateKey()
        let publicKey = Certificate.PublicKey(key.publicKey)
        let authorityKey = SubjectKeyIdentifier(hash: Certificate.PublicKey(issuerKey.publicKey)).keyIdentifier
        let certificate = try Certificate(
            version: .v3,
            serialNumber: Certificate.SerialNumber(),
            publicKey: publicKey,
            notValidBefore: now.date(plus: -clockTolerance),
            notValidAfter: now.date(plus: leafLife),
            issuer: issuer,
            subject: try DistinguishedName { CommonName("tsaccounts exec") },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(hosts.map { .dnsName($0) })
                SubjectKeyIdentifier(hash: publicKey)
                AuthorityKeyIdentifier(keyIdentifier: authorityKey)
            },
            issuerPrivateKey: Certificate.PrivateKey(issuerKey)
        )
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try NIOSSLCertificate(bytes: serializer.serializedBytes, format: .der))],
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der))
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        return Issued(
            context: try NIOSSLContext(configuration: configuration),
            renewAt: now.advanced(byMilliseconds: leafLife / 2)
        )
    }

    /// The domains that contain the hosts. `tradestation.com` stands for everything below it.
    private static func domains(of hosts: [String]) -> [String] {
        let common = "tradestation.com"
        return [common] + hosts.filter { $0 != common && !$0.hasSuffix("." + common) }
    }

    // The authority's certificate lasts longer than any run, because a program reads it only at its start.
    private static let authorityLife: Int64 = 10 * 365 * 86_400_000
    private static let leafLife: Int64 = 2 * 86_400_000
    private static let clockTolerance: Int64 = 3_600_000
}

extension Timestamp {
    fileprivate func date(plus milliseconds: Int64) -> Date {
        Date(timeIntervalSince1970: Double(advanced(byMilliseconds: milliseconds).milliseconds / 1000))
    }
}
