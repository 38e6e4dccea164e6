import Crypto
import Foundation
import TradeStationModel

/// The working keys of one store, derived from its master key by HKDF (RFC 5869): one per purpose, so that no use of
/// one tells anything about another.
struct Keyring: Sendable {
    let storeID: String
    let keyID: String
    private let sealing: SymmetricKey
    private let fingerprinting: SymmetricKey
    private let authenticating: SymmetricKey
    private let auditing: SymmetricKey

    init(master: SymmetricKey, storeID: String) {
        self.storeID = storeID
        keyID = Self.keyID(of: master)
        func subkey(_ label: String) -> SymmetricKey {
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: master,
                salt: Data(storeID.utf8),
                info: Data("tsaccounts v1 \(label)".utf8),
                outputByteCount: 32
            )
        }
        sealing = subkey("seal")
        fingerprinting = subkey("fingerprint")
        authenticating = subkey("mac")
        auditing = subkey("audit")
    }

    /// Names a master key without telling anything about it. Keys are named, never tried in turn.
    static func keyID(of master: SymmetricKey) -> String {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data("tsaccounts v1 key id".utf8), outputByteCount: 8)
            .withUnsafeBytes { hex($0) }
    }

    /// Lower-case hex, two digits per byte.
    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// The envelope: version 1, nonce, ciphertext, tag (AES-256-GCM).
    func seal(_ text: [UInt8], for context: SealContext, nonce: [UInt8]) throws -> Data {
        let box = try AES.GCM.seal(
            text,
            using: sealing,
            nonce: AES.GCM.Nonce(data: nonce),
            authenticating: context.associatedData(storeID: storeID, keyID: keyID)
        )
        var envelope = Data([SealContext.format])
        envelope.append(contentsOf: box.nonce)
        envelope.append(box.ciphertext)
        envelope.append(box.tag)
        return envelope
    }

    /// What an envelope holds; nil when it was not sealed for this context with this key.
    func open(_ envelope: Data, for context: SealContext) -> [UInt8]? {
        guard envelope.first == SealContext.format,
            let box = try? AES.GCM.SealedBox(combined: envelope.dropFirst()),
            let text = try? AES.GCM.open(
                box,
                using: sealing,
                authenticating: context.associatedData(storeID: storeID, keyID: keyID)
            )
        else { return nil }
        return Array(text)
    }

    /// Shows that two rows speak of the same secret, and nothing else about it: 12 hex digits.
    func fingerprint(_ secret: Secret) -> String {
        String(
            Self.hex(HMAC<SHA256>.authenticationCode(for: Data(secret.exposed.utf8), using: fingerprinting)).prefix(12)
        )
    }

    /// The keyed checksum over what no sealed secret covers.
    func mac(_ fields: [String?]) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Netstring.encode([storeID] + fields), using: authenticating))
    }

    func isMAC(_ mac: Data, of fields: [String?]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            mac,
            authenticating: Netstring.encode([storeID] + fields),
            using: authenticating
        )
    }

    /// The keyed hash beside an audit row's own hash: stops whoever can recompute the chain but has no key.
    func auditMAC(ofRowHash rowHash: String) -> String {
        Self.hex(HMAC<SHA256>.authenticationCode(for: Data(rowHash.utf8), using: auditing))
    }
}
