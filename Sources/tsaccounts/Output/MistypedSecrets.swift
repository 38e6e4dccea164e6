import Foundation

/// Hides arguments that may be secrets typed where a file name, a URL or a profile name belongs: error messages repeat
/// arguments, and terminals and logs keep error messages.
///
/// Paths of files and short values are not hidden. Of the other values, those of two kinds of options are always
/// hidden: options about a secret, and options that take a number or one of a few words. Any other value is hidden if
/// it is long and does not look like words.
struct MistypedSecrets {
    /// The possible secrets in the arguments and the profile name of this process.
    static var ofThisProcess: MistypedSecrets {
        MistypedSecrets(
            arguments: Array(CommandLine.arguments.dropFirst()),
            profile: ProcessInfo.processInfo.environment[ProfileChoice.variable],
            isFile: { FileManager.default.fileExists(atPath: $0) }
        )
    }

    /// The minimum length of a value that is hidden. A shorter one is too likely to be a part of the message itself.
    private static let shortestValue = 8
    /// A client id, which is not a secret, has at most this many characters.
    private static let longestClientID = 32

    /// The options that take a number or one of a few words, all shorter than ``shortestValue``.
    private static let shortValueOptions: Set<String> = [
        "--timeout", "--exchange-timeout", "--min-validity", "--idle", "--absolute", "--limit", "--redirect-port",
        "--port", "--overlap",
        "--access-token-seconds", "--api-version", "--client-auth", "--pkce", "--nonce",
    ]

    /// The texts to hide, longest first.
    private let suspects: [String]

    /// - Parameters:
    ///   - arguments: The arguments of the command.
    ///   - profile: The value of `TSACCOUNTS_PROFILE`.
    ///   - isFile: Whether a path exists.
    init(arguments: [String], profile: String?, isFile: (String) -> Bool) {
        var suspects = profile.map { $0.looksRandom ? [$0] : [] } ?? []
        var option: String?
        for argument in arguments {
            var value = argument
            if argument.hasPrefix("--") {
                let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                option = String(parts[0])
                guard parts.count == 2 else { continue }
                value = String(parts[1])
            }
            defer { option = nil }
            guard value.count >= Self.shortestValue, !isFile(value), !value.isPath(isFile) else { continue }
            if let option, Self.shortValueOptions.contains(option) || option.isAboutSecrets {
                suspects.append(value)
            } else if option != "--client-id" || value.count > Self.longestClientID {
                suspects += value.split { ":/?#&=@, ".contains($0) }.map(String.init).filter(\.looksRandom)
            }
        }
        self.suspects = suspects.sorted { $0.count > $1.count }
    }

    /// Returns the text with what may be a secret replaced.
    func hidden(in text: String) -> String {
        suspects.reduce(text) { $0.replacing($1, with: "<hidden>") }
    }
}

extension String {
    /// Whether this is the name of an option about a secret, or of a file with one. The option need not exist.
    fileprivate var isAboutSecrets: Bool {
        ["secret", "token", "password"].contains { contains($0) } && !hasSuffix("-url")
    }

    /// Whether the text is written as a path and leads into a directory that exists.
    fileprivate func isPath(_ isFile: (String) -> Bool) -> Bool {
        guard hasPrefix("/") || hasPrefix("./") || hasPrefix("../") || hasPrefix("~/") else { return false }
        return hasPrefix("~/") || isFile(String((hasPrefix("/") ? "/" : "") + (split(separator: "/").first ?? "")))
    }

    /// Whether the text is long and not made of words. A word has at most twelve characters: letters in one case,
    /// perhaps after a first capital, and digits before or after them.
    fileprivate var looksRandom: Bool {
        let (shortestSecret, longestWord) = (16, 12)
        guard count >= shortestSecret else { return false }
        return !split { "-._".contains($0) }.allSatisfy { part in
            let letters = part.drop { $0.isNumber }
            let rest = letters.drop { $0.isLetter }
            let word = letters.prefix(letters.count - rest.count)
            return part.count <= longestWord && rest.allSatisfy(\.isNumber)
                && (word.dropFirst().allSatisfy(\.isLowercase) || word.allSatisfy(\.isUppercase))
        }
    }
}
