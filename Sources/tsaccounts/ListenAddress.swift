import ArgumentParser

/// Where a command listens for programs of this machine: `127.0.0.1:PORT`.
///
/// Other addresses are refused: programs of other machines would reach them.
struct ListenAddress: ExpressibleByArgument {
    /// The port; 0 selects a free one.
    let port: Int

    init(port: Int) {
        self.port = port
    }

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, ["127.0.0.1", "localhost"].contains(parts[0].lowercased()),
            let port = UInt16(parts[1]), parts[1].allSatisfy(\.isNumber)
        else { return nil }
        self.init(port: Int(port))
    }

    var defaultValueDescription: String { "127.0.0.1:\(port)" }
}
