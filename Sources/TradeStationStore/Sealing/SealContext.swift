import Crypto
import Foundation
import TradeStationModel

/// What a sealed secret is bound to. Opened for anything else (another row, another kind, an older generation, an
/// edited endpoint) it does not open.
struct SealContext: Sendable {
    /// What is sealed.
    enum Kind: String, Sendable, CaseIterable {
        case clientSecret = "client_secret"
        case refreshToken = "refresh_token"
        case accessToken = "access_token"
        case idToken = "id_token"
        case lateResult = "late_result"
        /// In a side file, not in the table.
        case staged
        case keyCheck = "key_check"
    }

    /// The version of the envelope, its first byte.
    static let format: UInt8 = 1

    private let owner: String
    private let kind: Kind
    private let generation: Int
    private let clientID: String?
    private let subject: String?
    private let endpoints: String?

    /// The client secret of a key.
    init(clientSecretOf key: APIKey) {
        owner = "api_key:\(key.id.rawValue)"
        kind = .clientSecret
        generation = 0
        clientID = key.registration.clientID
        subject = nil
        endpoints = Self.digest(key.registration)
    }

    /// Something of a login.
    init(_ kind: Kind, of login: Login, key: APIKey, generation: Int) {
        owner = "login:\(login.id.rawValue)"
        self.kind = kind
        self.generation = generation
        clientID = key.registration.clientID
        subject = login.identity.subject
        endpoints = Self.digest(key.registration)
    }

    private init(owner: String, kind: Kind) {
        self.owner = owner
        self.kind = kind
        generation = 0
        clientID = nil
        subject = nil
        endpoints = nil
    }

    /// A known text that tells the right key from a wrong one.
    static let keyCheck = SealContext(owner: "store", kind: .keyCheck)

    /// Every part with its length in front, so that no two contexts read the same.
    func associatedData(storeID: String, keyID: String) -> [UInt8] {
        Netstring.encode([
            "tsaccounts seal \(Self.format)", storeID, owner, kind.rawValue, String(generation), keyID, clientID,
            subject,
            endpoints,
        ])
    }

    // Where the secret may be sent to.
    private static func digest(_ registration: ClientRegistration) -> String {
        Keyring.hex(
            SHA256.hash(
                data: Netstring.encode([
                    registration.authorizeURL.text, registration.tokenURL.text, registration.revokeURL?.text,
                ])
            )
        )
    }
}
