import Foundation
package import TradeStationModel

/// The file `config` beside the key of a store, in which users write settings. Other users must not be able to write it,
/// because it names commands.
package struct SettingsFile: Sendable {
    private static let longest = 1 << 16

    /// The path of the file.
    package let path: String
    /// The content.
    package let text: String

    /// Reads the file in the directory of the key; nil if there is none.
    ///
    /// - Throws: `insecure_permissions` if other users could write the file or replace it; `usage` if it is no text.
    package static func read(in directory: String, trustsGroup: Bool) throws(AccountsError) -> SettingsFile? {
        let path = directory + "/config"
        let policy = PermissionPolicy(trustsGroup: trustsGroup)
        guard let file = try PrivateFile.existing(path: path, flags: O_RDONLY, policy: policy) else { return nil }
        let problems = try PathWalk(to: path, policy: policy).problems
        guard problems.isEmpty else { throw .insecure(problems) }
        let bytes = try file.read(limit: longest + 1)
        guard bytes.count <= longest, let text = String(validating: bytes, as: UTF8.self), !text.contains("\0") else {
            throw AccountsError(
                .usage,
                "\(path) is not a settings file.",
                reason: "It is longer than \(longest) bytes, or not a text in UTF-8.",
                suggestion: "replace it by a file with lines like on.needs_login = COMMAND"
            )
        }
        return SettingsFile(path: path, text: text)
    }
}
