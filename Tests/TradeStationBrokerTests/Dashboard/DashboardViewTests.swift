import Testing
import TradeStationModel

@testable import TradeStationBroker

@Suite struct DashboardViewTests {
    @Test func `the address says what is shown, and is read back`() {
        var view = DashboardView()
        view.hours = 24
        view.part = .failures
        view.login = Login.ID(rawValue: 7)
        view.attempt = "0a1b"
        #expect(view.address == "?hours=24&show=failures&login=7&attempt=0a1b")
        #expect(DashboardView(target: "/d/x/" + view.address) == view)
    }

    @Test(arguments: [
        "/d/x/", "/d/x/?", "/d/x/?hours=2&show=nothing&login=x&attempt=zz&token=%3Cscript%3E", "/d/x/?hours&=&&a=b",
        "/d/x/?token=\"><script>",
    ])
    func `what an address says wrong is the default`(_ target: String) {
        #expect(DashboardView(target: target) == DashboardView())
    }

    @Test func `filters select rows by part, login, attempt and token`() {
        let row = SampleStore.row("refresh_failed", -5, login: 3, attempt: "ab", tokens: ["01", "02", "03"])
        var view = DashboardView()
        #expect(view.shows(row))
        view.part = .failures
        #expect(view.shows(row))
        #expect(!view.shows(SampleStore.row("refresh_succeeded", -5)))
        view.token = "03"
        #expect(view.shows(row))
        view.token = "04"
        #expect(!view.shows(row))
        view.token = nil
        view.attempt = "cd"
        #expect(!view.shows(row))
        view.attempt = nil
        view.login = Login.ID(rawValue: 4)
        #expect(!view.shows(row))
    }

    @Test func `every event is in some part, and an unknown one with everything`() {
        for event in AuditEvent.allCases {
            #expect(DashboardView.Part.allCases.dropFirst().contains { $0.shows(event) }, "\(event)")
        }
        #expect(DashboardView().shows(SampleStore.row("event_of_a_later_version", -5)))
    }
}
