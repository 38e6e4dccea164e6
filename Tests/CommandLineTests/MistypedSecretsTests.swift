import Testing

@testable import tsaccounts

@Suite struct MistypedSecretsTests {
    private func hidden(_ arguments: [String], in text: String, profile: String? = nil) -> String {
        MistypedSecrets(arguments: arguments, profile: profile) { $0 == "/tmp" || $0 == "/tmp/existing-file" }
            .hidden(in: text)
    }

    @Test(arguments: [
        ["token", "q7Xv2LmZ9pRt4KsW8yBn"], ["add", "--secret-file", "q7Xv2LmZ9pRt4KsW8yBn"],
        ["--secret-file=q7Xv2LmZ9pRt4KsW8yBn"], ["--redirect-uri", "http://localhost:1/?code=q7Xv2LmZ9pRt4KsW8yBn"],
        ["--timeout", "q7Xv2LmZ9pRt4KsW8yBn"],
    ])
    func `an argument that may be a secret is hidden`(_ arguments: [String]) {
        #expect(hidden(arguments, in: "no \"q7Xv2LmZ9pRt4KsW8yBn\" here") == "no \"<hidden>\" here")
    }

    @Test func `words are hidden only as the value of an option about secrets`() {
        let words = "my-client-secret"
        #expect(hidden(["--secret-file", words], in: words) == "<hidden>")
        #expect(hidden(["--client-secret", words], in: words) == "<hidden>")
        #expect(hidden(["token", words], in: words) == words)
        #expect(hidden(["--token-url", words], in: words) == words)
    }

    @Test(arguments: [
        ["token", "swing"], ["token", "My-Retirement-Account-2026"], ["--secret-file", "/tmp/existing-file"],
        ["--secret-file", "/tmp/missing-a1B2c3D4e5F6g7H8"], ["--client-id", "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW"],
        ["--redirect-uri", "http://localhost:31022"], ["--store", "/tmp/tsa-6F9619FF-8B86-D011-B42D-00C04FC964FF"],
    ])
    func `an ordinary argument is shown`(_ arguments: [String]) {
        let text = arguments.joined(separator: " ")
        #expect(hidden(arguments, in: text) == text)
    }

    @Test func `the profile name from the environment is hidden like an argument`() {
        #expect(hidden([], in: "q7Xv2LmZ9pRt4KsW8yBn", profile: "q7Xv2LmZ9pRt4KsW8yBn") == "<hidden>")
    }
}

extension CommandLineSuite {
    @Suite struct MistypedSecretsCommandTests {
        private static let secret = "q7Xv2LmZ9pRt4KsW8yBn-c"
        private static let add = ["add", "profile", "p", "--no-input", "--client-id"]

        @Test(
            .tool,
            arguments: [
                ["token", secret], ["login", secret], ["refresh", secret], [secret], ["status", secret],
                ["audit", "--since", secret], ["token", "p", "--timeout", secret],
                ["set", "p", "--redirect-uri", secret],
                add + ["x", "--secret-file", secret], add + ["x", "--refresh-token-file", secret],
                add + ["x", "--client-secret", secret], add + ["x", "--client-secret=\(secret)"],
                add + ["x", "--api-version", secret], add + ["x", "--authorize-url", secret, "--token-url", secret],
                add + ["x", "--api-url", "https://user:\(secret)@api.example/v3"], ["import", "env", secret],
                ["import", secret, "file"],
            ]
        )
        func `a secret in a wrong place is not repeated`(_ arguments: [String]) async throws {
            let tool = try Tool.current
            for options in [[], ["--json"]] {
                let result = try await tool.run(arguments + options)
                #expect(result.status != 0)
                #expect(!result.errors.isEmpty)
                #expect(!(result.output + result.errors).contains(Self.secret), "\(result.errors)")
            }
        }
    }
}
