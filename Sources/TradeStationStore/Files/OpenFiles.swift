import Foundation
package import TradeStationModel

/// The limit on open files of this process and of the machine.
package enum OpenFiles {
    /// Whether `count` more files can be open at the same time.
    package static func canOpen(_ count: Int) -> Bool {
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        for _ in 0..<count {
            let descriptor = open("/", O_RDONLY | O_CLOEXEC)
            if descriptor >= 0 {
                descriptors.append(descriptor)
            } else if errno == EMFILE || errno == ENFILE {
                return false
            }
        }
        return true
    }

    /// - Throws: `store_busy` if `count` more files cannot be open at the same time.
    package static func require(_ count: Int, to purpose: String) throws(AccountsError) {
        guard !canOpen(count) else { return }
        throw shortage(of: count, to: purpose)
    }

    /// The error when files that are needed cannot be open at the same time.
    static func shortage(of count: Int, to purpose: String) -> AccountsError {
        AccountsError(
            .storeBusy,
            "This process cannot open enough files to \(purpose).",
            reason: "It needs \(count) more. The limit of this process or of the machine is reached.",
            suggestion: "raise the limit (ulimit -n \(max(256, 4 * count))), then run the command again"
        )
    }
}
