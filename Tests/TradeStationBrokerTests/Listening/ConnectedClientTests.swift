import Testing

@testable import TradeStationBroker

@Suite struct ConnectedClientTests {
    @Test func `two connections of one process are the same client`() {
        let client = ConnectedClient(userID: 1000, processID: 7, program: "python3")
        #expect(client == ConnectedClient(userID: 1000, processID: 7, program: "python3"))
        #expect(client != ConnectedClient(userID: 1000, processID: 8, program: "python3"))
    }
}
