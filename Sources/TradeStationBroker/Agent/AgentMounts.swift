/// What else is served on the agent's socket.
package struct AgentMounts: Sendable {
    /// Responders by the whole path, for example `/metrics`.
    package var paths: [String: any HTTPResponder] = [:]
    /// Responders by the component of the path that follows the name of a profile: `api` for
    /// `/v1/profiles/NAME/api/...`.
    package var profileDoors: [String: any ProfileResponder] = [:]

    package init() {}
}

/// Answers requests that concern one profile.
package protocol ProfileResponder: Sendable {
    /// Answers a request.
    ///
    /// - Parameters:
    ///   - profile: The name as it stands in the path. It need not be the name of a profile.
    ///   - target: The rest of the path with the query, as the client wrote it: empty, or with a slash at its beginning.
    func respond(
        to request: IncomingRequest,
        profile: String,
        target: String,
        with response: any ResponseWriter
    ) async
}
