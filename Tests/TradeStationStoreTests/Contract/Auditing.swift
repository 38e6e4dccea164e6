import Testing
import TradeStationModel
import TradeStationTesting

extension CredentialStoreContract {
    /// The chain of audit rows.
    @Suite(.serialized) struct Auditing {
        @Test(arguments: StoreKind.all)
        func `an audit row contains writer, time and event, and tokens only as fingerprints`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            var entry = AuditEntry(.signedIn, profileName: "swing", detail: ["b": "line\nbreak \"q\"", "a": "1/2"])
            entry.refreshTokenAfter = Secret("refresh-a")
            entry.accessTokenAfter = Secret("refresh-a")
            entry.refreshTokenBefore = Secret("refresh-0")
            entry.oauthError = "tab\there"
            entry.generationAfter = 1
            entry.httpStatus = 200
            entry.expiresAt = sample.clock.wallTime()
            let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: [entry]).login
                .id
            let row = try #require(try await store.auditRecords(AuditQuery()).first)
            #expect(row.sequence == 1)
            #expect(row.integer("login_id") == id.rawValue)
            #expect(row.text("at") == sample.clock.wallTime().description)
            #expect(row.text("at")?.count == 24)
            #expect(row.text("event") == "signed_in")
            #expect(row.text("requester") == "test")
            #expect(row.text("host") == "host")
            #expect(row.integer("pid") == 4711)
            #expect(row.text("version") == "1.0.0")
            #expect(row.text("detail") == #"{"a":"1/2","b":"line break \"q\""}"#)
            #expect(row.text("oauth_error") == "tab here")
            #expect(row.integer("http_status") == 200)
            #expect(row["outcome"] == .null)
            let fingerprint = try #require(row.text("refresh_fp_after"))
            #expect(fingerprint.wholeMatch(of: /[0-9a-f]{12}/) != nil)
            #expect(row.text("access_fp_after") == fingerprint)
            #expect(row.text("refresh_fp_before") != fingerprint)
            await store.close()
        }

        @Test(arguments: StoreKind.all)
        func `a query selects rows by login, time, sequence and number, ordered from oldest to newest`(
            kind: StoreKind
        ) async throws {
            let (sample, store) = try await chain(kind)
            defer { withExtendedLifetime(sample) {} }
            func sequences(_ query: AuditQuery) async throws -> [Int64] {
                try await store.auditRecords(query).map(\.sequence)
            }
            #expect(try await sequences(AuditQuery()) == [1, 2, 3, 4, 5])
            #expect(try await sequences(AuditQuery(limit: 2)) == [4, 5])
            #expect(try await sequences(AuditQuery(limit: 0)) == [])
            #expect(try await sequences(AuditQuery(afterSequence: 3)) == [4, 5])
            #expect(try await sequences(AuditQuery(afterSequence: 1, limit: 2, takesOldest: true)) == [2, 3])
            #expect(try await sequences(AuditQuery(throughSequence: 3, limit: 2)) == [2, 3])
            #expect(try await sequences(AuditQuery(afterSequence: 1, events: [.profileAdded])) == [])
            #expect(try await sequences(AuditQuery(events: [.profileAdded, .fenced], limit: 2)) == [4, 5])
            #expect(try await sequences(AuditQuery(events: [])) == [])
            #expect(try await sequences(AuditQuery(loginID: Login.ID(rawValue: 1))) == [1, 3, 5])
            let third = try #require(try await store.auditRecords(AuditQuery())[2].text("at").flatMap { Timestamp($0) })
            #expect(try await sequences(AuditQuery(loginID: Login.ID(rawValue: 1), since: third, limit: 9)) == [3, 5])
            #expect(try await sequences(AuditQuery(until: third)) == [1, 2, 3])
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `the audit of a write is rolled back with it`(kind: StoreKind) async throws
        {
            let (sample, store) = try await chain(kind)
            await #expect(throws: AccountsError.self) {
                _ = try await store.add(
                    try sample.profile("SWING", tokens: nil),
                    audit: [AuditEntry(.profileAdded)]
                )
            }
            #expect(try await store.auditRecords(AuditQuery()).count == 5)
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `writers in several stores make one chain without gaps`(kind: StoreKind)
            async throws
        {
            let (sample, first) = try await chain(kind)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...8 {
                    group.addTask {
                        let store = try await kind.open(sample)
                        for _ in 1...25 { try await store.record([AuditEntry(.fenced)]) }
                        await store.close()
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await first.verifyAudit() == AuditVerification(rows: 205, firstBadSequence: nil, problem: nil))
            await first.close()
        }

        /// A store with five audit rows, of which 1, 3 and 5 concern the first login.
        private func chain(_ kind: StoreKind) async throws -> (Sample, any CredentialStore) {
            let sample = try Sample()
            let store = try await kind.open(sample)
            try await sample.writeChain(into: store)
            return (sample, store)
        }
    }
}
