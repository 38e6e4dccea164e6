import Foundation
import NIOPosix
import NIOSSL
import Synchronization
import TradeStationModel

/// The certificate authorities that sign the servers' certificates. They are read with the first `https` request.
final class TrustedAuthorities: Sendable {
    /// Where the settings or the machine keep authorities.
    enum Source: Hashable, Sendable {
        /// Where the TLS library looks for them on this machine.
        case machine
        /// A file in a place that the TLS library does not know.
        case file(String)
        /// The files and directories that the settings name.
        case settings(file: String?, directories: [String])
        /// This machine has none.
        case nowhere
    }

    private let settings: NetworkSettings
    private let configuration = Mutex<TLSConfiguration?>(nil)

    init(_ settings: NetworkSettings) {
        self.settings = settings
    }

    /// The TLS settings of a client that trusts these authorities.
    ///
    /// - Throws: ``TransportFailure`` when there are no authorities.
    func tlsConfiguration() async throws(TransportFailure) -> TLSConfiguration {
        if let known = configuration.withLock({ $0 }) { return known }
        let loaded: Result<TLSConfiguration, TransportFailure>
        do {
            // Reads files, which blocks.
            loaded = try await NIOThreadPool.singleton.runIfActive { [self] in
                Result { () throws(TransportFailure) in try load() }
            }
        } catch {
            throw TransportFailure(stage: .notSent, reason: .closed)
        }
        let tls = try loaded.get()
        configuration.withLock { $0 = tls }
        return tls
    }

    private func load() throws(TransportFailure) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        switch Self.source(settings) {
        case .machine: break
        case .file(let path): tls.trustRoots = .file(path)
        case .nowhere: throw TransportFailure(stage: .notSent, reason: .noAuthorities)
        case .settings(let file, let directories):
            var certificates: [NIOSSLCertificate] = []
            if let file {
                guard let read = try? NIOSSLCertificate.fromPEMFile(file), !read.isEmpty else {
                    throw TransportFailure(stage: .notSent, reason: .unreadableAuthorities("SSL_CERT_FILE"))
                }
                certificates += read
            }
            for directory in directories {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
                for name in names.sorted() {
                    certificates += (try? NIOSSLCertificate.fromPEMFile("\(directory)/\(name)")) ?? []
                }
            }
            guard !certificates.isEmpty else {
                throw TransportFailure(stage: .notSent, reason: .unreadableAuthorities("SSL_CERT_DIR"))
            }
            tls.trustRoots = .certificates(certificates)
        }
        return tls
    }

    private static func source(_ settings: NetworkSettings) -> Source {
        if settings.certificateFile != nil || settings.certificateDirectory != nil {
            let directories = (settings.certificateDirectory ?? "").split(separator: ":").map(String.init)
            return .settings(file: settings.certificateFile, directories: directories)
        }
        #if os(Linux)
            guard let index = MachineAuthorities.files.firstIndex(where: MachineAuthorities.hasContent) else {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: "/etc/ssl/certs")) ?? []
                return names.isEmpty ? .nowhere : .machine
            }
            return index < 2 ? .machine : .file(MachineAuthorities.files[index])
        #else
            return .machine
        #endif
    }
}
