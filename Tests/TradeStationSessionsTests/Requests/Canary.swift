/// The text that printing, reflecting and dumping a value shows.
enum Canary {
    static func everythingShown(by value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value)\n\(String(reflecting: value))\n\(dumped)"
    }
}
