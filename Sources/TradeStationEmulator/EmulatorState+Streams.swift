import Foundation

/// The part of the state that goes on after a request was answered.
extension EmulatorState {
    /// Lets streams do what is due.
    mutating func passTime(to now: Date, _ selection: StreamSelection = .all) {
        let server = server
        streams.update(selection) { stream in
            stream.pass(
                to: now,
                server.settings,
                tokenLives: server.grant(forAccessToken: stream.plan.accessToken, at: now) != nil
            )
        }
    }
}
