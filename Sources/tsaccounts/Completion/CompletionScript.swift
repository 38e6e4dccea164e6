import ArgumentParser

/// The completion script of a shell.
///
/// The parser's own script leaves out hidden commands. One of them is `audit [NAME]`, so after `audit` a shell would
/// offer only `verify`, and fill it in at once. This script offers the profile names too, as after `token`.
struct CompletionScript {
    let text: String

    init(_ shell: CompletionShell) {
        let script = Tsaccounts.completionScript(for: shell)
        switch shell {
        case .zsh:
            text = Self.adding(
                "        __tsaccounts_custom_complete ---completion token -- positional@0 "
                    + #""${current_word_index}" "$(__tsaccounts_cursor_index_in_current_word)" && ret=0"#,
                after: "_describe -V subcommand subcommands && ret=0",
                to: script
            )
        case .bash:
            text = Self.adding(
                #"        __tsaccounts_add_completions -W "$(__tsaccounts_custom_complete ---completion token -- "#
                    + #"positional@0 "${COMP_CWORD}" "$(__tsaccounts_cursor_index_in_current_word)")""#,
                after: #"COMPREPLY+=($(compgen -W 'verify' -- "${cur}"))"#,
                to: script
            )
        default:
            let names = script.split(separator: "\n").filter { $0.contains(#""tsaccounts token" -eq 1"#) }
            let lines = names.map { $0.replacing(#""tsaccounts token""#, with: #""tsaccounts audit""#) }
            text = script + "\n" + lines.joined(separator: "\n")
        }
    }

    /// Adds a line after the first occurrence of a text in the function for `audit`.
    private static func adding(_ line: String, after place: String, to script: String) -> String {
        guard let function = script.firstRange(of: "_tsaccounts_audit() {"),
            let found = script[function.upperBound...].firstRange(of: place)
        else { return script }
        return script[..<found.upperBound] + "\n" + line + script[found.upperBound...]
    }
}
