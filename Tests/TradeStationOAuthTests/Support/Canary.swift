/// A text that must never be seen, and the places where it would be.
enum Canary {
    static let text = "canary-5b1f0c9e-must-not-be-seen"

    /// Everything that printing, reflecting and dumping a value shows.
    static func everythingShown(by value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value)\n\(String(reflecting: value))\n\(dumped)"
    }
}
