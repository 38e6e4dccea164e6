import Testing
import TradeStationModel
import TradeStationTesting

extension CredentialStoreContract {
    /// The exclusive right to exchange a login's refresh token.
    @Suite(.serialized) struct Locks {
        private let login = Login.ID(rawValue: 1)

        @Test(arguments: StoreKind.all) func `a lock excludes other stores until it is released`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let (first, second) = (try await kind.open(sample), try await kind.open(sample))
            let lock = try await first.lock(login, timeoutMilliseconds: 1000)
            let waiting = Task { [login] in try await second.lock(login, timeoutMilliseconds: 1000) }
            try await sample.clock.waitForSleeper()
            #expect(try await isFree(first) == false)
            lock.unlock()
            lock.unlock()
            let taken = try await waiting.value
            #expect(try await isFree(first) == false)
            taken.unlock()
            #expect(try await isFree(first))
            await first.close()
            await second.close()
        }

        @Test(arguments: StoreKind.all)
        func `a caller that waits too long learns which process has the lock, and the lock is not lost`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let lock = try await store.lock(login, timeoutMilliseconds: 0)
            let waiting = Task { [login] in try await store.lock(login, timeoutMilliseconds: 30_000) }
            try await sample.clock.waitForSleeper()
            sample.clock.advance(by: .milliseconds(29_999))
            sample.clock.advance(by: .milliseconds(1))
            let error = try await #require(throws: AccountsError.self) { _ = try await waiting.value }
            #expect(error.code == .lockTimeout)
            #expect(error.message == "Process 4711 is refreshing this sign-in and has not finished after 30000 ms.")
            // The thread that still waits gets the lock now, and releases it at once.
            lock.unlock()
            let next = try await store.lock(login, timeoutMilliseconds: 1000)
            next.unlock()
            await store.close()
        }

        @Test(arguments: StoreKind.all, [0, -1, Int64.min]) func `a caller without time to wait tries once`(
            kind: StoreKind,
            milliseconds: Int64
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let lock = try await store.lock(login, timeoutMilliseconds: milliseconds)
            // The clock stands still: a caller that slept here would never wake.
            let error = try await #require(throws: AccountsError.self) {
                _ = try await store.lock(login, timeoutMilliseconds: milliseconds)
            }
            #expect(error.code == .lockTimeout)
            #expect(error.message == "Process 4711 is refreshing this sign-in and has not finished after 0 ms.")
            lock.unlock()
            try await store.lock(login, timeoutMilliseconds: milliseconds).unlock()
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a cancelled caller returns at once, and the lock is not lost`(
            kind: StoreKind
        ) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let lock = try await store.lock(login, timeoutMilliseconds: 0)
            let waiting = Task { [login] in try await store.lock(login, timeoutMilliseconds: 30_000) }
            try await sample.clock.waitForSleeper()
            waiting.cancel()
            await #expect(throws: CancellationError.self) { _ = try await waiting.value }
            lock.unlock()
            let next = try await store.lock(login, timeoutMilliseconds: 1000)
            next.unlock()
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `waiting for a lock does not block reading`(kind: StoreKind) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let id = try await store.add(try sample.profile("swing", tokens: sample.tokens("a")), audit: []).login.id
            let lock = try await store.lock(id, timeoutMilliseconds: 0)
            let waiting = Task { try await store.lock(id, timeoutMilliseconds: 30_000) }
            try await sample.clock.waitForSleeper()
            #expect(try await store.login(id)?.tokens == sample.tokens("a"))
            lock.unlock()
            try await waiting.value.unlock()
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `waiting for the locks of many logins happens concurrently`(
            kind: StoreKind
        )
            async throws
        {
            let sample = try Sample()
            let store = try await kind.open(sample)
            let held = try await (1...40).asyncMap { number in
                try await store.lock(Login.ID(rawValue: number), timeoutMilliseconds: 0)
            }
            try await withThrowingTaskGroup(of: Int64.self) { group in
                for number in Int64(1)...40 {
                    group.addTask {
                        let lock = try await store.lock(Login.ID(rawValue: number), timeoutMilliseconds: 30_000)
                        lock.unlock()
                        return number
                    }
                }
                // Released in reverse order: each waiter gets its own lock as soon as that is free.
                for lock in held.reversed() { lock.unlock() }
                var served: Set<Int64> = []
                for try await number in group { served.insert(number) }
                #expect(served == Set(1...40))
            }
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `a lock that is deallocated is released`(kind: StoreKind) async throws {
            let sample = try Sample()
            let store = try await kind.open(sample)
            func takeAndForget() async throws { _ = try await store.lock(login, timeoutMilliseconds: 0) }
            try await takeAndForget()
            #expect(try await isFree(store))
            await store.close()
        }

        @Test(arguments: StoreKind.all) func `closing a store releases no lock`(kind: StoreKind) async throws {
            let sample = try Sample()
            let (first, second) = (try await kind.open(sample), try await kind.open(sample))
            let lock = try await first.lock(login, timeoutMilliseconds: 0)
            await first.close()
            #expect(try await isFree(second) == false)
            lock.unlock()
            #expect(try await isFree(second))
            await second.close()
        }

        /// Whether the lock is free.
        private func isFree(_ store: any CredentialStore) async throws -> Bool {
            do {
                try await store.lock(login, timeoutMilliseconds: 0).unlock()
                return true
            } catch let error as AccountsError where error.code == .lockTimeout {
                return false
            }
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ transform: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
