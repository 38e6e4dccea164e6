import TradeStationBroker
import TradeStationSessions

/// The proxy of `serve --listen`: for all profiles, including those that are added while it runs.
struct ServedProxy {
    let listener: ProxyListener
    let manager: SessionManager
    let files: ProxyKeyFiles

    private var served: [Profile.ID: (name: ProfileName, session: Session, key: AccessKey)] = [:]

    init(_ listener: ProxyListener, of manager: SessionManager, files: ProxyKeyFiles) {
        self.listener = listener
        self.manager = manager
        self.files = files
    }

    /// Serves the profiles of the store. Checks for changes every ten seconds.
    ///
    /// - Parameter say: prints a note.
    /// - Throws: `CancellationError`.
    mutating func run(_ say: (String) -> Void) async throws {
        var lastFailures: Set<String> = []
        while true {
            let failures = await update()
            for failure in failures.subtracting(lastFailures).sorted() { say(failure) }
            lastFailures = failures
            try await SystemClock().sleep(milliseconds: Self.roundMilliseconds)
        }
    }

    /// Opens a session for each new profile, and drops those that are gone.
    ///
    /// - Returns: why profiles cannot be served.
    private mutating func update() async -> Set<String> {
        var failures: Set<String> = []
        do {
            let records = try await manager.registry.listing().profiles
            let names = Dictionary(uniqueKeysWithValues: records.map { ($0.profile.id, $0.name) })
            served = served.filter { names[$0.key] == $0.value.name }
            for record in records where served[record.profile.id] == nil {
                do {
                    let key = try await files.file(for: record.name, isOnly: false).key()
                    served[record.profile.id] = (record.name, try await manager.session(named: record.name.text), key)
                } catch let error as AccountsError {
                    failures.insert(ServeText.line(error))
                }
            }
        } catch let error as AccountsError {
            failures.insert(ServeText.line(error))
        } catch {
            failures.insert("The proxy cannot read the profiles: \(type(of: error)).")
        }
        listener.serve(served.values.map { ($0.session, $0.key) })
        return failures
    }

    private static let roundMilliseconds: Int64 = 10_000
}
