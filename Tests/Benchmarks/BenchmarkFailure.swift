/// Why the benchmark produced no figures.
enum BenchmarkFailure: Error, CustomStringConvertible {
    case noToken
    case allocationsNotCounted(String)
    case unexpectedContent(String)

    var description: String {
        switch self {
        case .noToken: "A session has no current token."
        case .allocationsNotCounted(let name): "The allocation counter does not count \(name)."
        case .unexpectedContent(let path): "\(path) does not have the expected content."
        }
    }
}
