/// Why there are no figures.
enum BenchmarkFailure: Error, CustomStringConvertible {
    case noToken
    case noRefreshToken
    case blindCounter(String)
    case unreadable(String)

    var description: String {
        switch self {
        case .noToken: "A session has no token at hand."
        case .noRefreshToken: "The sign-in brought no refresh token."
        case .blindCounter(let name): "The counter does not see \(name): nothing it says is worth anything here."
        case .unreadable(let path): "\(path) does not say what it should."
        }
    }
}
