extension StreamTrouble {
    /// The list of names for error messages.
    static let names = "go_away, dual_logon, error, silence, cut or end"

    /// Creates a fault from its name in scripts and commands; only `error` uses `title` and `message`.
    init?(name: String, title: String?, message: String?) {
        switch name {
        case "go_away": self = .goAway
        case "dual_logon": self = .dualLogon
        case "error": self = .error(title: title ?? "InternalServerError", message: message ?? "")
        case "silence": self = .silence
        case "cut": self = .cut
        case "end": self = .end
        default: return nil
        }
    }

    /// The name of the fault in scripts and commands.
    var name: String {
        switch self {
        case .goAway: "go_away"
        case .dualLogon: "dual_logon"
        case .error: "error"
        case .silence: "silence"
        case .cut: "cut"
        case .end: "end"
        }
    }
}
