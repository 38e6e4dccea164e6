extension Sequence where Element == (name: String, value: String) {
    /// The value of the first header field with this name; case is ignored (RFC 9110 section 5.1).
    package func firstValue(named name: String) -> String? {
        let wanted = name.lowercased()
        return first { $0.name.lowercased() == wanted }?.value
    }
}
