import Testing

@testable import TradeStationModel

/// Times are seconds after ``start``.
@Suite struct QuotaRowTests {
    private static let start = Timestamp(milliseconds: 1_791_279_060_000)

    private func at(_ seconds: Double) -> Timestamp { Self.start.advanced(byMilliseconds: Int64(seconds * 1000)) }

    /// A row after an answer at 0 with so many requests left of ten, full again at 20.
    private func row(left: Int) -> QuotaRow {
        var row = QuotaRow(login: Login.ID(rawValue: 1), resource: "accounts", answeredAt: at(0))
        row.record(QuotaReport(at: at(0), limit: 10, remaining: left, resetsAt: at(20)), number: nil)
        return row
    }

    @Test func `as many requests are sent as are left, the next waits until the quota is full again`() {
        var row = row(left: 2)
        for _ in 1...2 {
            #expect(row.wait(at: at(1)) == nil)
            _ = row.countRequest(at: at(1))
        }
        #expect(row.available == 0)
        #expect(row.wait(at: at(1)) == 19_000)
        #expect(row.wait(at: at(19.999)) == 1)
        #expect(row.wait(at: at(20)) == nil)
    }

    @Test func `an answer counts the requests up to its own, those sent later are subtracted`() {
        var row = row(left: 5)
        let numbers = (1...4).map { _ in row.countRequest(at: at(1)) }
        row.record(QuotaReport(at: at(2), limit: 10, remaining: 3, resetsAt: at(21)), number: numbers[1])
        #expect(row.available == 1)
        // The answer to an earlier request arrives late, and says more.
        row.record(QuotaReport(at: at(2), limit: 10, remaining: 4, resetsAt: at(21)), number: numbers[0])
        #expect(row.available == 1)
        // The server handled the earlier request after the later one.
        row.record(QuotaReport(at: at(2), limit: 10, remaining: 2, resetsAt: at(21)), number: numbers[0])
        #expect(row.available == 0)
    }

    @Test func `once the quota is full again, only as many requests are sent as it allows`() {
        var row = row(left: 0)
        for _ in 1...10 {
            #expect(row.wait(at: at(30)) == nil)
            _ = row.countRequest(at: at(30))
        }
        #expect(row.wait(at: at(30)) == 20_000)
    }

    @Test func `requests without an answer are not counted`() {
        var row = row(left: 1)
        let number = row.countRequest(at: at(1))
        #expect(row.available == 0)
        row.uncountRequest()
        #expect(row.available == 1)
        row.record(QuotaReport(at: at(2), limit: 10, remaining: 7, resetsAt: at(21)), number: number)
        #expect(row.available == 7)
    }

    @Test func `a pause counts whatever is left, and the longer one wins`() {
        var row = row(left: 9)
        row.record(QuotaReport(at: at(1), pauseMilliseconds: 9000), number: nil)
        row.record(QuotaReport(at: at(2), pauseMilliseconds: 1000), number: nil)
        #expect(row.wait(at: at(2)) == 8000)
        #expect(row.wait(at: at(2), onlyForPause: true) == 8000)
        #expect(row.wait(at: at(10)) == nil)
        #expect(self.row(left: 0).wait(at: at(1), onlyForPause: true) == nil)
    }

    @Test func `nothing in a row makes a request wait for longer than five minutes`() {
        var far = row(left: 0)
        far.resetsAt = at(100_000)
        far.pauseEnd = at(1_000_000)
        #expect(far.wait(at: at(0)) == 300_000)
        #expect(far.wait(at: at(300)) == nil)
        far.window = .max
        far.limit = .max
        far.sent = .max
        far.newest = .min
        #expect(far.available == 0)
        _ = far.countRequest(at: at(2_000_000))
        #expect(far.wait(at: at(2_000_000)) ?? 0 <= 300_000)
    }

    @Test func `a row from before the wall clock was set back is not believed`() {
        let row = row(left: 0)
        #expect(row.wait(at: at(-1)) == nil)
        #expect(!row.isCurrent(at: at(-1)))
        #expect(row.isCurrent(at: at(19)))
        #expect(!row.isCurrent(at: at(20)))
    }
}
