/// The endpoint for a path and a method.
enum Endpoint: Sendable, Equatable {
    case authorize
    case signIn
    case token
    case revoke
    case api(APICall)
    case control(String)
    /// An existing path with a method that it does not allow.
    case methodNotAllowed(allow: String)
    case unknown

    init(_ request: IncomingRequest) {
        guard let path = request.pathComponents, let first = path.first else {
            self = .unknown
            return
        }
        if let base = APIBase(rawValue: first) {
            self = .api(APICall(base: base, path: Array(path.dropFirst()), method: request.method))
            return
        }
        switch (path, request.method) {
        case (["authorize"], "GET"): self = .authorize
        case (["authorize"], "POST"): self = .signIn
        case (["oauth", "token"], "POST"): self = .token
        case (["oauth", "revoke"], "POST"): self = .revoke
        case (["authorize"], _): self = .methodNotAllowed(allow: "GET, POST")
        case (["oauth", "token"], _), (["oauth", "revoke"], _): self = .methodNotAllowed(allow: "POST")
        case _ where path.count == 2 && first == "control": self = .control(path[1])
        default: self = .unknown
        }
    }

    /// The places of the faults that apply to requests to the endpoint.
    var places: [EmulatorFault.Place] {
        switch self {
        case .authorize, .signIn: [.authorize]
        case .token: [.token]
        case .revoke: [.revoke]
        case .api(let call): if case .stream = call.resource { [.stream, .api] } else { [.api] }
        case .control, .methodNotAllowed, .unknown: []
        }
    }
}
