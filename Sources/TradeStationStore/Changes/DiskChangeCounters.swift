import Foundation
import GRDB
import TradeStationModel

/// Change counters in a file of fixed size, `locks/changes`. Writers use plain writes, which need no space once the file
/// exists; readers map the file into memory. It is never shortened, because reading a mapping beyond the end of its
/// file ends the process.
final class DiskChangeCounters: StoreChangeCounters {
    private let path: String
    private let page = CounterPage()
    private let signal = ChangeSignal()

    init(path: String) {
        self.path = path
    }

    // MARK: Reading

    var head: Int64? { page[CounterPage.head] }

    func stamp(of login: Login.ID) -> ChangeStamp {
        page[CounterPage.slot(of: login)].map(ChangeStamp.init(rawValue:)) ?? .unknown
    }

    var seesEveryWriter: Bool { false }

    func waitForHead(toMoveFrom head: Int64?) async {
        await signal.wait { self.head == head }
    }

    func watch() {
        guard !page.isMapped, let file = try? PrivateFile.existing(path: path, flags: O_RDONLY),
            (try? isComplete(file)) == true
        else { return }
        page.map(file)
    }

    // MARK: Writing

    func publish(_ database: Database) {
        try? writeChanges(of: database)
        signal.send()
    }

    private func writeChanges(of database: Database) throws {
        let file = try PrivateFile(path: path, flags: O_RDWR | O_CREAT)
        let shown = try isComplete(file) ? try head(in: file) : nil
        guard let changes = try UnpublishedChanges(in: database, shown: shown) else { return }
        let value = withUnsafeBytes(of: changes.head) { Array($0) }
        if let slots = changes.slots {
            for slot in slots { try file.write(value, at: Int64(slot * value.count)) }
        } else {
            let all = (1..<CounterPage.count).flatMap { _ in value }
            try file.write(all, at: Int64(value.count))
        }
        // The head is written last: a reader that sees it also sees all changes up to it.
        try file.write(value)
    }

    private func isComplete(_ file: PrivateFile) throws(AccountsError) -> Bool {
        try FileStatus.of(descriptor: file.descriptor, path: path).size >= CounterPage.bytes
    }

    private func head(in file: PrivateFile) throws(AccountsError) -> Int64 {
        try file.read(limit: MemoryLayout<Int64>.size).withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
    }
}
