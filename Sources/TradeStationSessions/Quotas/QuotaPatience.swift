/// What a request waits for before it is sent.
enum QuotaPatience: Sendable {
    /// It waits while the quota is empty, and during a pause that the server asked for.
    case waits
    /// It waits only during a pause that the server asked for. The quota of a stream counts the open streams, so closing
    /// one makes room for another at once.
    case waitsForPause
    /// It does not wait. A request that places, changes or cancels an order is not held back because of numbers that may
    /// be outdated: the server decides, and a 429 means that nothing was done.
    case none
}
