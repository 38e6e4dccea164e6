import Foundation
import Synchronization

/// The file in which an emulator keeps its state. Only its owner can read it.
final class StateFile: Sendable {
    private let path: String
    /// The text that the file contains.
    private let written = Mutex<String?>(nil)
    private let queue = DispatchQueue(label: "TradeStationEmulator.state")

    init(path: String) {
        self.path = path
    }

    /// Reads the state; nil if the file does not exist.
    ///
    /// - Throws: ``EmulatorStateError``.
    func load() throws(EmulatorStateError) -> SavedState? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw EmulatorStateError(path: path, reason: "The file cannot be read.")
        }
        do {
            return try JSONText.decode(SavedState.self, from: String(decoding: data, as: UTF8.self))
        } catch {
            throw EmulatorStateError(path: path, reason: "The file does not contain the state of an emulator.")
        }
    }

    /// Writes the state, unless the file contains it already. If the process is killed meanwhile, the file contains
    /// either the old state or the new one.
    ///
    /// - Parameter state: Returns the state. It is called when the writes before this one have ended, so that no older
    ///   state replaces a newer one.
    func save(_ state: @escaping @Sendable () -> SavedState) async throws {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.write(state()) }) }
        }
    }

    private func write(_ state: SavedState) throws {
        let text = JSONText.encode(state)
        try written.withLock { written in
            guard text != written else { return }
            let new = path + ".new"
            try? FileManager.default.removeItem(atPath: new)
            let isWritten = FileManager.default.createFile(
                atPath: new,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: 0o600]
            )
            guard isWritten, rename(new, path) == 0 else {
                throw EmulatorStateError(path: path, reason: "The file cannot be written.")
            }
            written = text
        }
    }
}
