import Testing

/// What every `CredentialStore` keeps, whatever it stands on: one set of tests, run for each ``StoreKind``.
@Suite struct CredentialStoreContract {}
