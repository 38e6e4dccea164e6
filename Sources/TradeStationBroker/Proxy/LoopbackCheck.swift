import NIOHTTP1

/// Refuses requests that a web page sends to a listener on the loopback interface.
///
/// A page of another origin is recognized by the fields that browsers add. A page whose host name was pointed to this
/// machine after it had been loaded (DNS rebinding) adds none: only its `Host` is wrong.
struct LoopbackCheck {
    /// The port of the listener.
    let port: Int

    /// Why a request is refused; nil if it is not.
    func refusal(of fields: HTTPHeaders) -> ProxyRefusal? {
        let hosts = fields["host"].map { $0.lowercased() }
        guard hosts.count == 1, names.contains(hosts[0]) else { return .wrongHost }
        if fields.contains(name: "origin") { return .webPage }
        // A person who types an address causes `none`. Node sends `Sec-Fetch-Mode` from programs, too.
        if fields["sec-fetch-site"].contains(where: { $0.lowercased() != "none" }) { return .webPage }
        return nil
    }

    private var names: [String] {
        ["127.0.0.1", "localhost", "[::1]"].flatMap { port == 80 ? [$0, "\($0):80"] : ["\($0):\(port)"] }
    }
}
