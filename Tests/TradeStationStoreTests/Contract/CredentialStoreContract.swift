import Testing

/// The behavior that every `CredentialStore` must have: one set of tests, run for each ``StoreKind``.
///
/// Each suite is serialized because all tests share this process's descriptors, of which each open store needs several.
@Suite struct CredentialStoreContract {}
