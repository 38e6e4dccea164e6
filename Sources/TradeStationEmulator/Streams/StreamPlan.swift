/// A stream that was granted and is about to begin.
struct StreamPlan: Sendable, Equatable {
    let subject: StreamSubject
    let base: APIBase
    let path: String
    let username: String
    let accessToken: String
    /// What it begins with.
    let objects: [String]
    /// Whether the objects say why there is no stream, which ends it.
    let isRefused: Bool
    /// What a fault script has in store for it.
    var script: StreamScript?
}
