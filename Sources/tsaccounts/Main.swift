import ArgumentParser
import Foundation
import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The entry point: parses the arguments, runs one command and turns its result into an exit status.
@main
enum Main {
    static func main() async {
        _ = ProcessStart.recorded
        do {
            try StartupCapacity.require()
        } catch {
            Console.standardError(FailureText.plain(error))
            exit(ExitStatus.of(error.code))
        }
        exit(await Interruption.cancelling { await run() })
    }

    private static func run() async -> Int32 {
        var command: any ParsableCommand
        do {
            command = try await Tsaccounts.asyncParseAsRoot()
        } catch {
            return end(with: error)
        }
        let asJSON = (command as? any StoreCommand)?.shared.json ?? false
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return ExitStatus.fine
        } catch let ending as Ending {
            return ending.status
        } catch  where Task.isCancelled {
            return ExitStatus.interrupted
        } catch let error as AccountsError {
            Console.standardError(asJSON ? FailureText.json(error) : FailureText.plain(error))
            return ExitStatus.of(error.code)
        } catch is CancellationError {
            return ExitStatus.interrupted
        } catch let error as ExitCode {
            return error.rawValue
        } catch {
            // The parser prints help and usage errors.
            if Tsaccounts.exitCode(for: error) != .failure { return end(with: error) }
            // Only the type of an unexpected error is printed: its text may contain a secret.
            let failure = AccountsError(
                .internal,
                "An unexpected error occurred inside tsaccounts.",
                reason: "\(type(of: error))",
                suggestion: "run the same command with -v, and report what it prints"
            )
            Console.standardError(asJSON ? FailureText.json(failure) : FailureText.plain(failure))
            return ExitStatus.of(.internal)
        }
    }

    /// Prints the help that was asked for, or a usage error.
    ///
    /// - Returns: The exit status.
    private static func end(with error: any Error) -> Int32 {
        guard let usage = UsageFailure(Array(CommandLine.arguments.dropFirst())) else { return printHelp(error) }
        let failure: AccountsError
        if let unknown = usage.unknownCommand {
            failure = unknown
        } else if Tsaccounts.exitCode(for: error) == .success {
            return printHelp(error)
        } else {
            failure = usage.unknownOption ?? usage.error(Tsaccounts.message(for: error))
        }
        Console.standardError(usage.asksForJSON ? FailureText.json(failure) : FailureText.plain(failure))
        return ExitStatus.of(failure.code)
    }

    /// Prints the parser's help or message, without what may be a secret.
    private static func printHelp(_ error: any Error) -> Int32 {
        let code = Tsaccounts.exitCode(for: error)
        let text = Tsaccounts.fullMessage(for: error, columns: nil)
        guard code == .success else {
            Console.standardError(MistypedSecrets.ofThisProcess.hidden(in: text))
            return code.rawValue
        }
        return ((try? Console.standardOutput(text)) != nil) ? code.rawValue : ExitStatus.brokenPipe
    }
}
