import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Leads a user at a terminal through what a first profile needs.
struct ProfileGuide {
    private let callback: String
    private let input = LineInput(descriptor: STDIN_FILENO)
    private static let maximumQuestions = 3

    /// - Parameter key: The options that were given.
    init(key: KeyOptions) {
        callback = key.callback ?? "http://localhost:31022 (or port 3001, 3000 or 8080)"
    }

    /// Explains where an API key comes from, and asks for its client id.
    func clientID() async throws -> String {
        Console.standardError("An API key comes from TradeStation: write to ClientExperience@tradestation.com.")
        Console.standardError("It consists of a client ID and a secret. The key of a public client has no secret.")
        Console.standardError("TradeStation must allow the API key to use the callback \(callback).")
        Console.standardError("By default it allows the ports 80, 3000, 3001, 8080 and 31022 of http://localhost.")
        return try await ask("Client ID: ") { $0.isEmpty ? nil : $0 }
    }

    /// Asks for the environment.
    func environment() async throws -> EnvironmentFlag {
        try await ask("Simulator or real accounts? [sim/live] ") { answer in
            switch answer.lowercased() {
            case "s", "sim", "simulator": .sim
            case "l", "live", "real": .live
            default: nil
            }
        }
    }

    private func ask<Value>(_ question: String, _ read: (String) -> Value?) async throws -> Value {
        for _ in 0..<Self.maximumQuestions {
            Console.prompt(question)
            guard let line = try await input.next() else { break }
            if let value = read(SecretText(line).text) { return value }
        }
        throw AccountsError(
            .inputRequired,
            "The question was not answered.",
            suggestion: "tsaccounts add profile NAME --sim --client-id ID"
        )
    }
}
