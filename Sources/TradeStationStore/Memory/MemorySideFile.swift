import Foundation
import Synchronization
import TradeStationModel

/// A side file in memory. Until it is wiped, all stores that open it share its content.
final class MemorySideFile: SideFile {
    private final class Content: OpenSideFile {
        let envelope = Mutex<Data?>(nil)

        func write(_ envelope: Data) {
            self.envelope.withLock { $0 = envelope }
        }
    }

    private let name: String
    private let content = Mutex<Content?>(nil)

    init(name: String) {
        self.name = name
    }

    func reserve() -> any OpenSideFile { open() }

    func open() -> any OpenSideFile {
        content.withLock { content in
            let open = content ?? Content()
            content = open
            return open
        }
    }

    func read() -> Data? {
        content.withLock { $0 }?.envelope.withLock { $0 }
    }

    func synchronize() throws(AccountsError) {
        if read() == nil { throw AccountsError.sideFileLost(name) }
    }

    func wipe() {
        content.withLock { $0 = nil }
    }
}
