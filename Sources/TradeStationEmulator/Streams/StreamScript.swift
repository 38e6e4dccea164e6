/// A trouble that strikes a stream once it has sent so many objects, heartbeats not counted.
struct StreamScript: Sendable, Equatable {
    let trouble: StreamTrouble
    let afterObjects: Int
}
