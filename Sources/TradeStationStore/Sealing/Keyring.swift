import Crypto
import Foundation
import TradeStationModel

/// The keys of one store, derived from its master key by HKDF (RFC 5869): one per purpose, so that the use of one reveals
/// nothing about another.
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

    /// The id of a master key, which reveals nothing about the key. It tells which key is needed without trying any.
    static func keyID(of master: SymmetricKey) -> String {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data("tsaccounts v1 key id".utf8), outputByteCount: 8)
            .withUnsafeBytes { $0.hexadecimal }
    }

    /// Returns a sealed envelope: version, nonce, ciphertext, tag (AES-256-GCM).
    func seal(_ text: [UInt8], for context: SealContext, nonce: [UInt8]) throws -> Data {
        let box = try AES.GCM.seal(
            text,
            using: sealing,
            nonce: AES.GCM.Nonce(data: nonce),
            authenticating: context.associatedData(storeID: storeID, keyID: keyID)
        )
        var envelope = Data([context.envelopeVersion])
        envelope.append(contentsOf: box.nonce)
        envelope.append(box.ciphertext)
        envelope.append(box.tag)
        return envelope
    }

    /// Returns the content of an envelope; nil if it was not sealed for this context with this key.
    func open(_ envelope: Data, for context: SealContext) -> [UInt8]? {
        guard envelope.first == context.envelopeVersion,
            let box = try? AES.GCM.SealedBox(combined: envelope.dropFirst()),
            let text = try? AES.GCM.open(
                box,
                using: sealing,
                authenticating: context.associatedData(storeID: storeID, keyID: keyID)
            )
        else { return nil }
        return Array(text)
    }

    /// Returns 12 hexadecimal digits that are equal for equal secrets, and reveal nothing else about them.
    func fingerprint(_ secret: Secret) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(secret.exposed.utf8), using: fingerprinting)
        return String(code.hexadecimal.prefix(12))
    }

    /// Returns the keyed checksum of a row that no sealed secret covers.
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

    /// Returns the keyed hash of an audit row. Without the key, it cannot be recomputed for a forged row.
    func auditMAC(ofRowHash rowHash: String) -> String {
        HMAC<SHA256>.authenticationCode(for: Data(rowHash.utf8), using: auditing).hexadecimal
    }
}
