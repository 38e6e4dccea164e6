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

    @Test func `within one boot the clock that shows less counts, and across boots the wall clock`() {
        let start = Moment(wall: Timestamp(milliseconds: 1_000_000), bootID: "a", bootMilliseconds: 5000)
        let steppedForward = Moment(wall: Timestamp(milliseconds: 9_000_000), bootID: "a", bootMilliseconds: 6000)
        let steppedBack = Moment(wall: Timestamp(milliseconds: 0), bootID: "a", bootMilliseconds: 6000)
        let rebooted = Moment(wall: Timestamp(milliseconds: 1_004_000), bootID: "b", bootMilliseconds: 10)
        #expect(start.rest(of: .max, at: steppedForward) == -8_000_000)
        #expect(start.rest(of: .max, at: steppedBack) == -1000)
        #expect(start.rest(of: .max, at: rebooted) == -4000)
    }

    @Test(arguments: ["", "unknown"]) func `a boot that cannot be identified is no other boot, not even itself`(
        id: String
    ) {
        let start = Moment(wall: Timestamp(milliseconds: 1_000_000), bootID: id, bootMilliseconds: 5000)
        let later = Moment(wall: Timestamp(milliseconds: 1_004_000), bootID: id, bootMilliseconds: 900_000)
        #expect(start.rest(of: .max, at: later) == -4000)
        #expect(start.rest(of: 10_000, at: later) == -4000)
    }

    @Test func `a rest that is longer than the whole period is unknown, whichever clock shows it`() {
        let now = Moment(wall: Timestamp(milliseconds: 1_000_000), bootID: "a", bootMilliseconds: 50_000)
        func rest(wall: Int64, boot: Int64, of whole: Int64, bootID: String = "a") -> Int64 {
            Moment(
                wall: Timestamp(milliseconds: 1_000_000 + wall),
                bootID: bootID,
                bootMilliseconds: 50_000 + boot
            ).rest(of: whole, at: now)
        }
        #expect(rest(wall: 9000, boot: 9000, of: 9000) == 9000)
        #expect(rest(wall: 9000, boot: 4000, of: 9000) == 4000)
        #expect(rest(wall: 4000, boot: 9000, of: 9000) == 4000)
        #expect(rest(wall: 9001, boot: 4000, of: 9000) == 0)
        #expect(rest(wall: 4000, boot: 9001, of: 9000) == 0)
        #expect(rest(wall: -4000, boot: 9001, of: 9000) == -4000)
        #expect(rest(wall: 9001, boot: 9001, of: 9000, bootID: "b") == 0)
        #expect(rest(wall: 4000, boot: .max - 50_000, of: 9000, bootID: "b") == 4000)
        #expect(rest(wall: 4000, boot: .max - 50_000, of: 9000) == 0)
    }

    @Test func `moments are clamped to the range of their clocks`() {
        let wall = Timestamp(milliseconds: 0)
        let last = Moment(wall: wall, bootID: "a", bootMilliseconds: .max)
        let first = Moment(wall: wall, bootID: "a", bootMilliseconds: .min)
        #expect(last.rest(of: .max, at: first) == 0)
        #expect(first.rest(of: .max, at: last) == .min)
        #expect(last.advanced(byMilliseconds: 1).bootMilliseconds == .max)
        #expect(first.advanced(byMilliseconds: -1).bootMilliseconds == .min)
        #expect(last.advanced(byMilliseconds: -1).bootMilliseconds == .max - 1)
    }
}
