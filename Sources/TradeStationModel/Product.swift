/// What this software calls itself.
public enum Product {
    /// The version, as `--version`, the audit and the `User-Agent` header say it.
    public static let version = "0.1.0"
}
