import ArgumentParser
import Foundation
import TradeStationSessions
import TradeStationStore

/// `tsaccounts selftest`.
struct SelftestCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Test on this machine that no refresh is duplicated or lost.",
        discussion: """
            Signs users in at the built-in emulator. The store is in a new directory beside yours, or in --store DIR. \
            In each round the access tokens of all logins expire, and many 'tsaccounts token' processes start, at most \
            \(SelftestPlan.mostAtOnce) at a time. The emulator issues a new refresh token with each exchange and \
            accepts none twice, so one extra exchange ends the sign-in. The test compares the emulator's counts with \
            the output of the processes and with the audit.

            With --kill, running processes are killed at random (SIGKILL) and replaced. The emulator then accepts the \
            previous refresh token for 60 more seconds: if only the killed process knew the new token, the next \
            process can repeat the exchange within this overlap.

            Exit status 0: no refresh was duplicated or lost. 70: the test failed; the directory is kept.
            """
    )

    @Option(name: .long, help: ArgumentHelp("Number of processes in each round.", valueName: "n"))
    var processes = 50

    @Option(name: .long, help: ArgumentHelp("Number of logins that the processes share.", valueName: "n"))
    var logins = 8

    @Option(name: .long, help: ArgumentHelp("Number of rounds; all access tokens expire in each.", valueName: "n"))
    var rounds = 5

    @Flag(name: .long, help: "Kill running processes and replace them.") var kill = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (1...SelftestPlan.mostProcesses).contains(processes) else {
            throw ValidationError("--processes takes a number from 1 to \(SelftestPlan.mostProcesses).")
        }
        let mostLogins = min(processes, SelftestPlan.mostLogins)
        guard (1...mostLogins).contains(logins) else {
            throw ValidationError(
                "--logins takes a number from 1 to \(mostLogins): at most one login for each process."
            )
        }
        guard (1...SelftestPlan.mostRounds).contains(rounds) else {
            throw ValidationError("--rounds takes a number from 1 to \(SelftestPlan.mostRounds).")
        }
    }

    func run() async throws {
        let directory = try SelftestDirectory(in: shared.store, id: RandomSource.system.hex(bytes: 4))
        let verdict: SelftestVerdict
        do {
            verdict = try await test(in: directory)
        } catch {
            directory.remove()
            throw error
        }
        guard verdict.holds else {
            throw AccountsError(
                .internal,
                "The self-test failed.",
                reason: "The store, emulator.jsonl and processes.jsonl are kept in \(directory.path).",
                suggestion: verdict.isOverload
                    ? "use fewer --processes and --logins: this machine is too slow for this number"
                    : "tsaccounts audit --store \(directory.path)   # then report a bug and attach the directory"
            )
        }
        directory.remove()
    }

    private func test(in directory: SelftestDirectory) async throws -> SelftestVerdict {
        var plan = SelftestPlan(processes: processes, logins: logins, rounds: rounds, kills: kill)
        plan.timeoutSeconds = shared.timeout
        let fileSystem = FileSystemType.of(directory.path)
        let suffix = fileSystem.map { " (\($0))" } ?? ""
        shared.note("Testing in \(directory.path)\(suffix). The directory is removed at the end.")
        let clock = SystemClock()
        let start = clock.bootMilliseconds()
        let findings = try await Selftest(
            plan: plan,
            executable: Bundle.main.executablePath ?? CommandLine.arguments[0],
            directory: directory.path,
            random: .system,
            note: shared.note,
            detail: { if shared.verbose { Console.standardError($0) } }
        ).run()
        let verdict = SelftestVerdict(plan, findings.tally)
        if !verdict.holds { try SelftestEvidence(findings: findings).write(to: directory.path) }
        let text = SelftestText(
            plan: plan,
            tally: findings.tally,
            verdict: verdict,
            elapsedMilliseconds: clock.bootMilliseconds() - start,
            directory: directory.path,
            fileSystem: fileSystem
        )
        for line in shared.json ? [text.json.line] : text.lines { try Console.standardOutput(line) }
        return verdict
    }
}
