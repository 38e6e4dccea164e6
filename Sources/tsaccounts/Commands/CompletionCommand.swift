import ArgumentParser

/// `tsaccounts completion SHELL`.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script for a shell.",
        discussion: """
            Install it, then open a new shell. Profile names are completed too.

              bash:
                d=~/.local/share/bash-completion/completions
                mkdir -p $d; tsaccounts completion bash > $d/tsaccounts
              zsh, with fpath+=~/.zfunc before compinit in ~/.zshrc:
                mkdir -p ~/.zfunc; tsaccounts completion zsh > ~/.zfunc/_tsaccounts
              fish:
                d=~/.config/fish/completions
                mkdir -p $d; tsaccounts completion fish > $d/tsaccounts.fish
            """
    )

    enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    @Argument(help: "The shell.") var shell: Shell

    @OptionGroup var shared: SharedOptions

    func run() throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try Console.standardOutput(CompletionScript(kind).text)
    }
}
