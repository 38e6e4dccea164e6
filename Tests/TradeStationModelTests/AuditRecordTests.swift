import Testing
import TradeStationModel

@Suite struct AuditRecordTests {
    @Test func `the canonical form is a netstring per column without the hashes`() {
        let record = AuditRecord(columns: [
            .init(name: "seq", value: .integer(7)), .init(name: "detail", value: .null),
            .init(name: "event", value: .text("é,1")), .init(name: "row_hash", value: .text("x")),
            .init(name: "row_mac", value: .text("y")),
        ])
        #expect(String(decoding: record.canonicalForm, as: UTF8.self) == "1:7,-,4:é,1,")
    }
}
