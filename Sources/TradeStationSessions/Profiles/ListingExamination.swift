import TradeStationModel

/// Opens the tokens of all profiles, each login once, and sorts out those that are damaged.
struct ListingExamination: Sendable {
    let store: any CredentialStore

    func run() async throws -> ProfileListing {
        let read = try await store.listing()
        var examined = ProfileListing(profiles: [], damaged: read.damaged)
        var logins: [Login.ID: Result<StoredLogin?, AccountsError>] = [:]
        for record in read.profiles {
            let id = record.login.id
            let login: Result<StoredLogin?, AccountsError>
            if let known = logins[id] { login = known } else { login = try await open(id) }
            logins[id] = login
            switch login {
            case .success(let stored?):
                examined.profiles.append(
                    ProfileRecord(profile: record.profile, login: stored.login, apiKey: stored.apiKey)
                )
            case .success(nil):
                // The login was removed after the profiles were read.
                break
            case .failure(let error):
                examined.damaged.append(
                    DamagedProfile(id: record.profile.id, name: record.name.text, error: error.about(record.name))
                )
            }
        }
        examined.damaged.sort { $0.name.lowercased() < $1.name.lowercased() }
        return examined
    }

    private func open(_ id: Login.ID) async throws -> Result<StoredLogin?, AccountsError> {
        do {
            return .success(try await store.login(id))
        } catch let error as AccountsError where error.code == .recordTampered {
            return .failure(error)
        }
    }
}
