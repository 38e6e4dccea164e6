/// Why a response cannot be written.
package enum ResponseError: Error, Hashable {
    /// The client has closed the connection.
    case clientGone
    /// The client sent nothing of the body for too long.
    case bodyTooSlow
    /// The client sent a body that breaks the rules of HTTP.
    case malformedBody
    /// A header field of the response contains characters that HTTP forbids.
    case invalidField(name: String)
    /// The calls of the writer are not in order: `start`, then `write`, then `end`, each for a response that has not
    /// ended; or there is more or less body than `Content-Length` says.
    case outOfOrder
    /// The connection cannot be used for something other than HTTP.
    case cannotHandOver
}
