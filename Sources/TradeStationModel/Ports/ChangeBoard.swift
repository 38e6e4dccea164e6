/// Where all writers of a store, in whatever process, leave word of what they changed, so that whoever holds tokens in
/// memory learns from a load of memory whether they still stand. A port.
///
/// It is a hint, and the database is the truth: where the board cannot be read or written, news come late, but nothing
/// is wrong. A change is shown after it is committed, never before.
public protocol ChangeBoard: AnyObject, Sendable {
    /// Begins to look; until then nothing is known. Waits for nobody, and does nothing where it looks already.
    func watch()

    /// The place of the last audit row in its chain; nil while nothing is known.
    var head: Int64? { get }

    /// A number that every change of what sessions on a login may hold replaces by another one: new tokens, a sign-out, a
    /// revocation, a removed profile. It may change for no reason; 0 while nothing is known.
    func lastChange(of login: Login.ID) -> Int64

    /// Whether every writer is in this process, so that ``headMoves(from:)`` hears them all.
    var hearsEveryWriter: Bool { get }

    /// Waits until the head is another one because a store of this process wrote, or the task is cancelled. What other
    /// processes write wakes nobody.
    func headMoves(from head: Int64?) async
}
