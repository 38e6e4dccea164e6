import ArgumentParser

/// `tsaccounts completion SHELL`.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print a completion script for a shell.",
        discussion: """
            Install it with one of
              bash   tsaccounts completion bash > ~/.local/share/bash-completion/completions/tsaccounts
              zsh    tsaccounts completion zsh > ~/.zfunc/_tsaccounts, with fpath+=~/.zfunc before compinit in ~/.zshrc
              fish   tsaccounts completion fish > ~/.config/fish/completions/tsaccounts.fish
            The directory must exist (mkdir -p). Open a new shell afterwards. Profile names are completed too.
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
