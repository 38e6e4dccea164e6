import Foundation

/// What a decision may know of the world: the time it is made at, and unpredictable bytes.
struct Moment: Sendable {
    let now: Date
    let randomBytes: @Sendable (Int) -> [UInt8]

    /// An unguessable text of `count` random bytes.
    func secret(_ count: Int = 32) -> String {
        Base64URL.encode(randomBytes(count))
    }
}
