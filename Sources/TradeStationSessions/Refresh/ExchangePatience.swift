/// How long a refresh waits for the parts of one exchange, in milliseconds.
struct ExchangePatience: Hashable, Sendable {
    /// The limit for looking up the name of the server.
    let lookUp: Int64
    /// The limit for connecting and for reading the whole answer.
    let answer: Int64
}
