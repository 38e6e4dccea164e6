import Foundation
import Synchronization
import TradeStationModel

/// A side file in memory. Until it is wiped, all stores that open it share its content.
final class MemorySideFile: SideFile {
    private final class Content: OpenSideFile {
        let name: String
        let envelope = Mutex<Data?>(nil)
        private let hasName = Atomic(true)

        init(name: String) { self.name = name }

        var isNamed: Bool { hasName.load(ordering: .acquiring) }

        func removeName() { hasName.store(false, ordering: .releasing) }

        func write(_ envelope: Data) {
            self.envelope.withLock { $0 = envelope }
        }

        func synchronize() throws(AccountsError) {
            if !isNamed || envelope.withLock({ $0 }) == nil { throw AccountsError.sideFileLost(name) }
        }
    }

    let name: String
    private let content = Mutex<Content?>(nil)

    init(name: String) {
        self.name = name
    }

    func reserve() -> any OpenSideFile {
        content.withLock { content in
            let open = content ?? Content(name: name)
            content = open
            return open
        }
    }

    func existing() -> (any OpenSideFile)? { content.withLock { $0 } }

    func read() -> Data? {
        content.withLock { $0 }?.envelope.withLock { $0 }
    }

    func wipe() {
        content.withLock { content in
            content?.removeName()
            content = nil
        }
    }
}
