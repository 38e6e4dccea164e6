/// A text that must never be shown, and a function that finds where it would be shown.
enum Canary {
    static let text = "canary-5b1f0c9e-must-not-be-seen"

    /// The text that printing, reflecting and dumping a value shows.
    static func everythingShown(by value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value)\n\(String(reflecting: value))\n\(dumped)"
    }
}
