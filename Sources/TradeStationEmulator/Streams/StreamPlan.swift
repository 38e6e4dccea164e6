/// A stream that was accepted and will be opened.
struct StreamPlan: Sendable, Equatable {
    let subject: StreamSubject
    let base: APIBase
    let path: String
    let username: String
    let accessToken: String
    /// The objects that the stream sends first.
    let objects: [String]
    /// Whether the objects are errors, after which the stream ends.
    let isRefused: Bool
    /// The scripted fault.
    var script: StreamScript?
}

/// A fault for a stream, and the number of objects (not counting heartbeats) that the stream sends before the fault.
struct StreamScript: Sendable, Equatable {
    let trouble: StreamTrouble
    let afterObjects: Int
}
