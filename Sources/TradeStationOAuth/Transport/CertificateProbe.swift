import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Finds out why the certificate of a server was refused, which the TLS library does not tell.
///
/// It connects once more, looks at the certificates that the server presents, and refuses them. Nothing is sent.
struct CertificateProbe: Sendable {
    let destination: Destination
    /// The address of the server.
    let address: String

    /// The limit for connecting, and for the handshake, in milliseconds.
    private static let limit: Int64 = 2_000

    /// Whether one of the server's certificates has expired or is not valid yet; nil if that could not be found out.
    func isOutOfDate(at now: time_t = time(nil)) async -> Bool? {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: Bool?.self)
        let name = IPAddress(destination.host) == nil ? destination.host : nil
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(.milliseconds(Self.limit))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var tls = TLSConfiguration.makeClientConfiguration()
                    // Every certificate is refused below.
                    tls.trustRoots = .certificates([])
                    let context = try NIOSSLContext(configuration: tls)
                    let handler = try NIOSSLClientHandler(
                        context: context,
                        serverHostname: name,
                        customVerificationCallback: { certificates, verdict in
                            answer.succeed(
                                certificates.contains { now < $0.notValidBefore || $0.notValidAfter < now }
                            )
                            verdict.succeed(.failed)
                        }
                    )
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
        do {
            let channel = try await bootstrap.connect(host: address, port: destination.port).get()
            let limit = loop.scheduleTask(in: .milliseconds(Self.limit)) { channel.close(promise: nil) }
            channel.closeFuture.whenComplete { _ in
                limit.cancel()
                answer.succeed(nil)
            }
        } catch {
            answer.succeed(nil)
        }
        return try? await answer.futureResult.get()
    }
}
