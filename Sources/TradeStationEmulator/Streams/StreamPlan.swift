/// A stream that was accepted and will be opened.
struct StreamPlan: Sendable, Equatable {
    let subject: StreamSubject
    let base: APIBase
    let path: String
    let username: String
    let accessToken: String
    /// The first objects.
    let objects: [String]
    /// Whether the objects are errors, after which the stream ends.
    let isRefused: Bool
    /// The scripted fault.
    var script: StreamScript?
}

/// A fault for a stream and the number of objects, without heartbeats, that the stream sends before it.
struct StreamScript: Sendable, Equatable {
    let trouble: StreamTrouble
    let afterObjects: Int
}
