/// An end that has said all it had to say and only carries its exit status.
struct Ending: Error {
    let status: Int32
}
