import Foundation
import NIOHTTP1

/// What a request to the agent asks for.
enum AgentRoute: Equatable {
    case health
    case profiles
    case events
    case profile(name: String)
    /// `minValidity` is the text of the query item; nil if there is none.
    case token(name: String, minValidity: String?)
    case refresh(name: String)
    /// Something else of a profile: the first component of the path after the name, and the rest of the target.
    case door(name: String, door: String, rest: String)
    case other(path: String)

    init(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = String(parts[0])
        let query = parts.count > 1 ? parts[1] : ""
        switch path {
        case "/healthz": self = .health
        case "/v1/profiles": self = .profiles
        case "/v1/events": self = .events
        default:
            let names = path.split(separator: "/", maxSplits: 4, omittingEmptySubsequences: false).dropFirst()
            guard names.count >= 3, names[1] == "v1", names[2] == "profiles",
                let name = String(names[3]).removingPercentEncoding
            else {
                self = .other(path: path)
                return
            }
            let rest = names.count > 3 ? names[4] : nil
            switch rest {
            case nil: self = .profile(name: name)
            case "token"?: self = .token(name: name, minValidity: Self.value(of: "min_validity", in: query))
            case "refresh"?: self = .refresh(name: name)
            case let rest?:
                let door = rest.prefix { $0 != "/" }
                let tail = rest.dropFirst(door.count) + (parts.count > 1 ? "?" + query : "")
                self = .door(name: name, door: String(door), rest: String(tail))
            }
        }
    }

    /// The methods that the route allows; nil if they are not this route's to decide.
    var methods: [HTTPMethod]? {
        switch self {
        case .refresh: [.POST]
        case .door, .other: nil
        default: [.GET, .HEAD]
        }
    }

    private static func value(of name: String, in query: Substring) -> String? {
        for item in query.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts[0] == name { return parts.count > 1 ? String(parts[1]) : "" }
        }
        return nil
    }
}
