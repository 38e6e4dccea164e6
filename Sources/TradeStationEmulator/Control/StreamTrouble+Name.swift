extension StreamTrouble {
    /// The words there are, for whoever misspelt one.
    static let names = "go_away, dual_logon, error, silence, cut or end"

    /// Reads the word for it in scripts and commands; only an error has a title and a message.
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

    /// The word for it.
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
