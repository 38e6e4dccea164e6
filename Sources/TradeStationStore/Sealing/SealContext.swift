import Crypto
import Foundation
import TradeStationModel

/// The context that a sealed secret is bound to. The secret does not open in another context: for another row or kind,
/// an older generation, or a changed endpoint.
struct SealContext: Sendable {
    /// The kind of the sealed content.
    enum Kind: String, Sendable, CaseIterable {
        case clientSecret = "client_secret"
        case refreshToken = "refresh_token"
        case accessToken = "access_token"
        case idToken = "id_token"
        case lateResult = "late_result"
        /// The content of a side file, which is not in the table `secret`.
        case staged
        case keyCheck = "key_check"
    }

    /// The version of the store's format.
    static let format: UInt8 = 1

    /// The version of the envelope, its first byte: 2 for an access token, whose associated data ends with its expiry, and
    /// 1 for all other secrets.
    let envelopeVersion: UInt8

    private let owner: String
    private let kind: Kind
    private let generation: Int
    private let clientID: String?
    private let subject: String?
    private let endpoints: String?
    private let expiry: TokenExpiry?

    /// Creates the context of an API key's client secret.
    init(clientSecretOf key: APIKey) {
        owner = "api_key:\(key.id.rawValue)"
        kind = .clientSecret
        generation = 0
        clientID = key.registration.clientID
        subject = nil
        endpoints = Self.digest(key.registration)
        expiry = nil
        envelopeVersion = 1
    }

    /// Creates the context of a login's secret.
    ///
    /// - Parameter expiry: When the token expires; nil for all kinds except the access token.
    init(_ kind: Kind, of login: Login, key: APIKey, generation: Int, expiry: TokenExpiry? = nil) {
        owner = "login:\(login.id.rawValue)"
        self.kind = kind
        self.generation = generation
        clientID = key.registration.clientID
        subject = login.identity.subject
        endpoints = Self.digest(key.registration)
        self.expiry = expiry
        envelopeVersion = expiry == nil ? 1 : 2
    }

    /// Creates the context of a login's side file. The content names its own generation, so it also opens if the
    /// database is an older copy.
    init(sideFileOf login: Login, key: APIKey) {
        self.init(.staged, of: login, key: key, generation: 0)
    }

    private init(owner: String, kind: Kind) {
        self.owner = owner
        self.kind = kind
        generation = 0
        clientID = nil
        subject = nil
        endpoints = nil
        expiry = nil
        envelopeVersion = 1
    }

    /// The context of a known text, which shows whether a key is the right one.
    static let keyCheck = SealContext(owner: "store", kind: .keyCheck)

    /// The associated data. Each part is preceded by its length, so that no two contexts have the same data.
    func associatedData(storeID: String, keyID: String) -> [UInt8] {
        let parts: [String?] = [
            "tsaccounts seal \(envelopeVersion)", storeID, owner, kind.rawValue, String(generation), keyID, clientID,
            subject, endpoints,
        ]
        return Netstring.encode(parts + (expiry?.associatedParts ?? []))
    }

    // A hash of the endpoints that the secret may be sent to.
    private static func digest(_ registration: ClientRegistration) -> String {
        SHA256.hash(
            data: Netstring.encode([
                registration.authorizeURL.text, registration.tokenURL.text, registration.revokeURL?.text,
            ])
        ).hexadecimal
    }
}
