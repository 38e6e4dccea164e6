import ArgumentParser
import Foundation
import TradeStationSessions

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The way in: parse, run one command, turn its end into an exit status.
@main
enum Main {
    static func main() async {
        umask(0o077)
        forbidCoreDumps()
        // A reader that goes away is seen by the write that fails, which lets the command clean up.
        signal(SIGPIPE, SIG_IGN)
        exit(await Interruption.heeded { await run() })
    }

    private static func run() async -> Int32 {
        var command: any ParsableCommand
        do {
            command = try Tsaccounts.parseAsRoot()
        } catch {
            Tsaccounts.exit(withError: error)
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
            // Help and mistakes in the words of the command are the parser's to say.
            if Tsaccounts.exitCode(for: error) != .failure { Tsaccounts.exit(withError: error) }
            // Nothing of an unforeseen error is printed but its type: it may hold anything.
            let failure = AccountsError(
                .internal,
                "Something went wrong inside tsaccounts.",
                reason: "\(type(of: error))",
                suggestion: "the same command with -v, and report what it prints"
            )
            Console.standardError(asJSON ? FailureText.json(failure) : FailureText.plain(failure))
            return ExitStatus.of(.internal)
        }
    }

    /// A core file would hold tokens.
    private static func forbidCoreDumps() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        #if canImport(Glibc)
            setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        #else
            setrlimit(RLIMIT_CORE, &none)
        #endif
    }
}
