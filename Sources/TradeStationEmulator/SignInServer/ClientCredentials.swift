import Foundation

/// The client credentials of a request, from the body or an HTTP Basic header (RFC 6749 section 2.3.1).
struct ClientCredentials: Sendable {
    let id: String?
    let secret: String?
    /// Whether the request uses both methods, which RFC 6749 forbids, or has a malformed Basic header.
    let malformed: Bool
    /// Whether the request has an HTTP Basic header.
    let triedBasic: Bool

    init(_ request: IncomingRequest, fields: FormFields, acceptsBasic: Bool) {
        guard acceptsBasic, let header = request.authorization, header.lowercased().hasPrefix("basic ") else {
            id = fields["client_id"]
            secret = fields["client_secret"]
            malformed = false
            triedBasic = false
            return
        }
        triedBasic = true
        let decoded = Data(base64Encoded: String(header.dropFirst(6)).trimmed)
            .flatMap { String(validating: $0, as: UTF8.self) }
        let parts = decoded?.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false) ?? []
        id = parts.count == 2 ? FormFields.decode(parts[0], plusIsSpace: true) : nil
        secret = parts.count == 2 ? FormFields.decode(parts[1], plusIsSpace: true) : nil
        malformed =
            id == nil || secret == nil || fields["client_secret"] != nil
            || (fields["client_id"] ?? id) != id
    }
}
