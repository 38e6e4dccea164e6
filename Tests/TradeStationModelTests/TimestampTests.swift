import Testing
import TradeStationModel

@Suite struct TimestampTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_791_279_060_005, "2026-10-06T09:31:00.005Z"),
            (951_826_332_001, "2000-02-29T12:12:12.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
        ] as [(Int64, String)]
    )
    func `a time reads and prints as 24 characters of RFC 3339`(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text)?.milliseconds == milliseconds)
        #expect(text.utf8.count == 24)
    }

    @Test(arguments: [
        ("2026-10-06T11:31:00+02:00", "2026-10-06T09:31:00.000Z"),
        ("2026-10-06 09:31:00.1234567Z", "2026-10-06T09:31:00.123Z"),
        ("2026-10-05T23:31:00.5-10:00", "2026-10-06T09:31:00.500Z"),
    ])
    func `offsets and fractions are understood`(_ text: String, _ expected: String) {
        #expect(Timestamp(text)?.description == expected)
    }

    @Test(arguments: [
        "", "2026-10-06", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-10-06T24:00:00Z", "2026-10-06T09:31:00",
        "2026-10-06T09:31:00.Z", "2026-10-06T09:31:00+2", "yesterday afternoon, I think",
    ])
    func `text that is not a time is refused`(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `times out of range are clamped`() {
        #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).description == "0001-01-01T00:00:00.000Z")
        #expect(Timestamp(milliseconds: 0).advanced(byMilliseconds: .max) == Timestamp(milliseconds: .max))
    }

    @Test func `within one boot the boot clock is compared, and across boots the wall clock`() {
        let start = Moment(wall: Timestamp(milliseconds: 1_000_000), bootID: "a", bootMilliseconds: 5000)
        let stepped = Moment(wall: Timestamp(milliseconds: 9_000_000), bootID: "a", bootMilliseconds: 6000)
        let rebooted = Moment(wall: Timestamp(milliseconds: 1_004_000), bootID: "b", bootMilliseconds: 10)
        #expect(start.milliseconds(after: stepped) == -1000)
        #expect(start.milliseconds(after: rebooted) == -4000)
    }

    @Test func `moments are clamped to the range of their clocks`() {
        let wall = Timestamp(milliseconds: 0)
        let last = Moment(wall: wall, bootID: "a", bootMilliseconds: .max)
        let first = Moment(wall: wall, bootID: "a", bootMilliseconds: .min)
        #expect(last.milliseconds(after: first) == .max)
        #expect(first.milliseconds(after: last) == .min)
        #expect(last.advanced(byMilliseconds: 1).bootMilliseconds == .max)
        #expect(first.advanced(byMilliseconds: -1).bootMilliseconds == .min)
        #expect(last.advanced(byMilliseconds: -1).bootMilliseconds == .max - 1)
    }
}
