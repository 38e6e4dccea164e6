import ArgumentParser
import Foundation
import TradeStationSessions

/// `tsaccounts selftest`.
struct SelftestCommand: StoreCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Prove on this machine that no refresh is doubled and none is lost.",
        discussion: """
            Signs users in at the built-in emulator, with a store in a new directory beside yours, or in --store DIR.
            Each round lets the access tokens of all logins end and starts many 'tsaccounts token' at once, at most \
            \(SelftestPlan.mostAtOnce) at a time. The emulator gives a new refresh token with each exchange and \
            accepts none twice: a single exchange too many ends the sign-in. It counts, and what it counted is \
            compared with what the processes printed and with the audit.

            With --kill, running processes die by SIGKILL, chosen at random, and others take their place. The emulator \
            then accepts the previous refresh token for 60 more seconds: the new one may have been known to the \
            killed process only, and within that overlap the next process can repeat the exchange.

            Exit status 0: the promise held. 70: it did not; the directory is kept then.
            """
    )

    @Option(name: .long, help: ArgumentHelp("How many processes ask in each round.", valueName: "n"))
    var processes = 50

    @Option(name: .long, help: ArgumentHelp("How many sign-ins they share.", valueName: "n"))
    var logins = 8

    @Option(name: .long, help: ArgumentHelp("How often all access tokens end.", valueName: "n"))
    var rounds = 5

    @Flag(name: .long, help: "Kill running processes, and replace them.") var kill = false

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (1...SelftestPlan.mostProcesses).contains(processes) else {
            throw ValidationError("--processes takes a number from 1 to \(SelftestPlan.mostProcesses).")
        }
        let mostLogins = min(processes, SelftestPlan.mostLogins)
        guard (1...mostLogins).contains(logins) else {
            throw ValidationError("--logins takes a number from 1 to \(mostLogins) here: at most one for each process.")
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
                reason: "Its store, emulator.jsonl and processes.jsonl are kept in \(directory.path).",
                suggestion: verdict.isOverload
                    ? "fewer --processes and --logins: this machine does not keep up with so many"
                    : "tsaccounts audit --store \(directory.path), and report it with that directory"
            )
        }
        directory.remove()
    }

    private func test(in directory: SelftestDirectory) async throws -> SelftestVerdict {
        var plan = SelftestPlan(processes: processes, logins: logins, rounds: rounds, kills: kill)
        plan.timeoutSeconds = shared.timeout
        let fileSystem = FileSystemType.of(directory.path)
        let suffix = fileSystem.map { " (\($0))" } ?? ""
        shared.note("Testing in \(directory.path)\(suffix), which is removed at the end.")
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
