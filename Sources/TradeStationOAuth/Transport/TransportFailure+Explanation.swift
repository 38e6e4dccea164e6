extension TransportFailure {
    /// One sentence that explains the failure to the user. It contains no part of a proxy's user name or password.
    package var explanation: String {
        let server = host ?? "the server"
        let connected = proxy.map { "the proxy \($0)" } ?? server
        return switch reason {
        case .nameNotResolved:
            "The name of \(connected) does not exist, according to the resolver of this machine."
        case .resolverFailed:
            "The name of \(connected) could not be looked up: the name servers in /etc/resolv.conf cannot be used."
        case .resolverSilent:
            "The name of \(connected) could not be looked up in time: the name servers in /etc/resolv.conf do not answer."
        case .notConnected: "No connection\(host == nil ? "" : " to \(connected)") could be established."
        case .unusableProxy(let name, let scheme?):
            "The proxy in \(name) has the scheme \(scheme)://, but only http:// proxies are supported."
        case .unusableProxy(let name, nil): "The text in \(name) is not the URL of a proxy."
        case .refusedByProxy: "\(connected.sentenceStart) did not connect to \(server)."
        case .deniedByProxy: "\(connected.sentenceStart) requires another user name or password (HTTP 407)."
        case .notTrusted: "No trusted connection to \(server) could be established: the TLS handshake failed."
        case .unknownAuthority where proxy != nil:
            "The certificate of \(server) has expired, or is signed by an authority that is not trusted here."
        case .unknownAuthority: "The certificate of \(server) is signed by an authority that is not trusted here."
        case .certificateOutOfDate:
            "The certificate of \(server) has expired or is not valid yet, by the clock of this machine."
        case .wrongHost: "The certificate of the server is for another host than \(server)."
        case .noAuthorities:
            "This machine has no CA certificates: it has no file such as \(MachineAuthorities.files[0])."
        case .unreadableAuthorities(let name): "\(name) does not point to a readable CA certificate."
        case .malformedResponse: "The answer is not valid HTTP."
        case .timedOut: "The server did not answer in time."
        case .connectionLost: "The connection was lost before the whole response arrived."
        case .tooLarge: "The response was too large."
        case .cancelled: "The request was cancelled."
        case .closed: "The connection was shut down."
        case .malformedRequest: "The request could not be created: check the URL."
        }
    }

    /// What the user can do about the failure; nil if nothing helps except another try.
    package var suggestion: String? {
        switch reason {
        case .nameNotResolved, .resolverFailed, .resolverSilent:
            proxy == nil ? host.map { "getent hosts \($0)   # asks the same resolver" } : nil
        case .unusableProxy(let name, _): "set \(name) to http://HOST:PORT, or unset it"
        case .deniedByProxy: "set the URL of the proxy to http://USER:PASSWORD@HOST:PORT"
        case .unknownAuthority:
            "set SSL_CERT_FILE to the certificate of that authority, if your network signs certificates itself"
        case .noAuthorities: "run apt-get install ca-certificates, or set SSL_CERT_FILE to a file with CA certificates"
        case .unreadableAuthorities(let name): "set \(name) to certificates in PEM form, or unset it"
        case .certificateOutOfDate: "date   # shows the clock of this machine"
        default: nil
        }
    }

    /// Whether the server or a proxy answered, even if the answer cannot be used.
    package var wasAnswered: Bool { partial != nil || reason == .malformedResponse || reason == .tooLarge }
}

extension String {
    /// The text for the start of a sentence: with `The` instead of `the`.
    fileprivate var sentenceStart: String { hasPrefix("the ") ? "T" + dropFirst() : self }
}
