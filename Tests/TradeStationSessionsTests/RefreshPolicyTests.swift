import Testing
import TradeStationModel

@testable import TradeStationSessions

@Suite struct RefreshPolicyTests {
    @Test func `the hard minimum is the smaller of a minute and a tenth of the life`() {
        #expect(RefreshPolicy.hardMinimum(lifetimeSeconds: 1200) == 60_000)
        #expect(RefreshPolicy.hardMinimum(lifetimeSeconds: 300) == 30_000)
        #expect(RefreshPolicy.hardMinimum(lifetimeSeconds: 1) == 100)
    }

    @Test func `the soft window is a quarter of the life, spread by a tenth over the logins`() {
        let windows = (1...500).map { RefreshPolicy.softWindow(lifetimeSeconds: 1200, login: .init(rawValue: $0)) }
        #expect(windows.allSatisfy { (270_000...330_000).contains($0) })
        #expect(Set(windows).count > 490)
        #expect(windows.contains { $0 < 275_000 })
        #expect(windows.contains { $0 > 325_000 })
    }

    @Test func `backoff grows from five seconds to thirty`() {
        #expect(RefreshPolicy.backoff(failures: 1, fraction: 0) == 5000)
        #expect(RefreshPolicy.backoff(failures: 1, fraction: 1) == 6000)
        #expect(RefreshPolicy.backoff(failures: 2, fraction: 1) == 7000)
        #expect(RefreshPolicy.backoff(failures: 4, fraction: 0.5) == 9000)
        #expect(RefreshPolicy.backoff(failures: 50, fraction: 1) == 30_000)
    }
}
