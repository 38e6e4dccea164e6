import Testing

/// The behavior that every `CredentialStore` must have: one set of tests, run for each ``StoreKind``.
@Suite struct CredentialStoreContract {}
