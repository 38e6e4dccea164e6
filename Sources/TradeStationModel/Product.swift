/// The name and version of this software.
public enum Product {
    /// The version, as shown by `--version`, in the audit and in the `User-Agent` header.
    public static let version = "0.1.0"
}
