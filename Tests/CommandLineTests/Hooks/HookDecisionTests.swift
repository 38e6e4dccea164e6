import Testing

@testable import TradeStationSessions
@testable import tsaccounts

@Suite struct HookDecisionTests {
    private static let at = Timestamp(milliseconds: 1_791_279_060_000)

    private func event(_ kind: SessionEvent.Kind, login: Int64 = 7) throws -> SessionEvent {
        SessionEvent(
            kind: kind,
            login: Login.ID(rawValue: login),
            profiles: [try ProfileName("paper"), try ProfileName("swing")],
            requester: nil,
            processID: 1,
            at: Self.at
        )
    }

    private func call(_ login: Int64, _ command: String = "true") -> HookCall {
        HookCall(login: Login.ID(rawValue: login), command: command, variables: [:], title: "hook")
    }

    // MARK: Settings

    @Test func `a settings file has one hook per line, comments and empty lines`() throws {
        let file = try HookFile(
            """
            # what to do
            on.needs_login = notify-send "sign in = now"

              on.refreshed=curl -s https://example.test/?a=b
            on.refreshed = true
            """,
            path: "/c"
        )
        #expect(
            file.hooks == [
                try Hook(event: "needs_login", command: "notify-send \"sign in = now\""),
                try Hook(event: "refreshed", command: "curl -s https://example.test/?a=b"),
                try Hook(event: "refreshed", command: "true"),
            ]
        )
    }

    @Test(arguments: [
        ("on.needs_login", "Line 1 of /c is not a setting."), ("needs_login = x", "Line 1 of /c is not a setting."),
        ("\non.neds_login = x", "Line 2 of /c cannot be used. There is no event neds_login."),
        ("on.degraded =  ", "Line 1 of /c cannot be used. The hook for degraded has no command."),
    ])
    func `a line that cannot be used is named`(text: String, message: String) {
        let error = #expect(throws: AccountsError.self) { try HookFile(text, path: "/c") }
        #expect(error?.message == message)
    }

    @Test func `the option has an event and a command`() throws {
        #expect(try Hook(option: "degraded=echo a=b") == Hook(event: "degraded", command: "echo a=b"))
        let error = #expect(throws: AccountsError.self) { try Hook(option: "need_login=x") }
        #expect(error?.suggestion == "tsaccounts serve --on needs_login='COMMAND'")
        #expect(throws: AccountsError.self) { try Hook(option: "degraded") }
    }

    // MARK: Environment

    @Test func `a command gets the environment of serve without secrets, and the facts of the event`() throws {
        let secret = "canary"
        let environment = HookEnvironment(
            inheriting: [
                "PATH": "/bin", "HOME": "/home/a", "LC_ALL": "C.UTF-8", "KEYBOARD": "us", "PASSENGER": "no",
                "TSACCOUNTS_TRUST_GROUP": "1", "TSACCOUNTS_PROFILE": "main",
                "CLIENT_SECRET": secret, "SLACK_TOKEN": secret, "GITHUB_PAT_TOKENS": secret, "DB_PASSWORD": secret,
                "API_KEY": secret, "apikey": secret, "PGPASSWORD": secret, "AWS_SECRET_ACCESS_KEY": secret,
                "HTTPS_PROXY": "http://user:\(secret)@proxy:3128", "JUST": "eyJ\(secret)",
                "URLS": "https://plain.test/ https://u:\(secret)@x.test", "AUTH_HEADER": secret,
                "NOTIFY_SOCKET": "/run/n", "LISTEN_FDS": "1", "WATCHDOG_USEC": "1", "CREDENTIALS_DIRECTORY": "/run/c",
                "PAGE": "https://example.test/@name",
            ],
            store: "/store"
        )
        let variables = environment.variables(
            for: try event(.refreshed(generation: 3, expiresAt: Self.at.advanced(byMilliseconds: 60_000)))
        )
        #expect(
            variables == [
                "PATH": "/bin", "HOME": "/home/a", "LC_ALL": "C.UTF-8", "KEYBOARD": "us", "PASSENGER": "no",
                "TSACCOUNTS_TRUST_GROUP": "1", "PAGE": "https://example.test/@name", "TSACCOUNTS_HOME": "/store",
                "TSACCOUNTS_EVENT": "refreshed", "TSACCOUNTS_PROFILES": "paper swing", "TSACCOUNTS_LOGIN": "7",
                "TSACCOUNTS_AT": Self.at.description, "TSACCOUNTS_GENERATION": "3",
                "TSACCOUNTS_EXPIRES_AT": Self.at.advanced(byMilliseconds: 60_000).description,
            ]
        )
    }

    @Test func `each event has its own facts`() throws {
        let environment = HookEnvironment(inheriting: [:], store: nil)
        func facts(_ kind: SessionEvent.Kind) throws -> Set<String> {
            Set(environment.variables(for: try event(kind)).keys).subtracting([
                "TSACCOUNTS_EVENT", "TSACCOUNTS_PROFILES", "TSACCOUNTS_LOGIN", "TSACCOUNTS_AT",
            ])
        }
        #expect(try facts(.degraded(code: .serverError)) == ["TSACCOUNTS_CODE"])
        #expect(try facts(.needsLogin(code: .loginRequired)) == ["TSACCOUNTS_CODE", "TSACCOUNTS_TRY"])
        #expect(try facts(.signInEndsSoon(end: Self.at)) == ["TSACCOUNTS_SIGN_IN_ENDS_AT"])
        #expect(try facts(.recovered) == [])
    }

    @Test func `an event runs the hooks for it, in their order`() throws {
        let hooks = [
            try Hook(event: "degraded", command: "a"), try Hook(event: "needs_login", command: "b"),
            try Hook(event: "degraded", command: "c"),
        ]
        let calls = HookCall.calls(
            for: try event(.degraded(code: .serverError)),
            of: hooks,
            HookEnvironment(inheriting: [:], store: nil)
        )
        #expect(calls.map(\.command) == ["a", "c"])
        #expect(calls.first?.title == "hook degraded (paper, swing)")
    }

    // MARK: Queue, deadline, output

    @Test func `the commands of a login run one after another, those of several logins at the same time`() {
        var queue = HookQueue()
        let added = [call(1, "a"), call(1, "b"), call(2, "c")].map { queue.add($0) }
        #expect(added == [true, true, true])
        let first = [queue.next(), queue.next(), queue.next()].map { $0?.command }
        #expect(first == ["a", "c", nil])
        queue.finish(Login.ID(rawValue: 2))
        let second = queue.next()
        #expect(second == nil)
        queue.finish(Login.ID(rawValue: 1))
        let third = queue.next()?.command
        #expect(third == "b")
        #expect(queue.waitingCount == 0)
    }

    @Test func `only a few commands run, and a limited number wait`() {
        var queue = HookQueue()
        let added = (0..<1000).map { queue.add(call(Int64($0))) }
        #expect(added.count { $0 } == HookQueue.maximumWaiting)
        let started = (0..<10).compactMap { _ in queue.next() }
        #expect(started.count == HookQueue.maximumRunning)
        var one = HookQueue()
        let accepted = (0..<100).map { _ in one.add(call(1)) }
        #expect(accepted.count { $0 } == HookQueue.maximumWaitingOfLogin)
    }

    @Test func `a command that takes too long is terminated once, and killed once`() {
        var deadline = HookDeadline(timeout: 1000)
        let steps = [0, 999, 1000, 1001, 1000 + HookDeadline.grace].map { deadline.step(after: $0) }
        #expect(
            steps == [
                .wait(milliseconds: 1000), .wait(milliseconds: 1), .terminate,
                .wait(milliseconds: HookDeadline.grace - 1), .kill,
            ]
        )
        let after = deadline.step(after: 1001 + HookDeadline.grace)
        guard case .wait = after else {
            Issue.record("It is killed twice.")
            return
        }
    }

    @Test func `output becomes a limited number of limited lines without control characters`() {
        var output = HookOutput()
        let first = output.add("a\u{1B}[31mb\nrest".utf8)
        #expect(first == ["a [31mb"])
        let incomplete = output.add(String(repeating: "x", count: 100_000).utf8)
        #expect(incomplete == [])
        let long = output.add("\n".utf8)
        #expect(long.count == 1 && long[0].count <= HookOutput.maximumLineLength + 1)
        let shown = output.add(String(repeating: "line\n", count: 1000).utf8)
        #expect(shown.count == HookOutput.maximumLines - 2)
        let last = output.finish()
        #expect(last == ["… (952 more lines)"])
    }
}
