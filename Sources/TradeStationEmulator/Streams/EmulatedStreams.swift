import Foundation

/// The open streams, for a test to drive at moments of its choosing. Nothing here waits for time to pass. Every
/// function that acts returns how many streams it acted on.
public struct EmulatedStreams: Sendable {
    let core: EmulatorCore

    /// Every open stream, oldest first.
    public var open: [EmulatedStream] {
        core.withState { $0.streams.streams.map(EmulatedStream.init) }
    }

    /// Sends objects together; each gets a newline, chunk borders are as set.
    @discardableResult
    public func send(_ objects: String..., to selection: StreamSelection = .all) -> Int {
        update(selection) { $0.send(objects, $1, at: $2) }
    }

    /// Sends objects together; each gets a newline, chunk borders are as set.
    @discardableResult
    public func send(_ objects: [String], to selection: StreamSelection = .all) -> Int {
        update(selection) { $0.send(objects, $1, at: $2) }
    }

    /// Sends a text as it is in one chunk, without a newline: for bytes that are no object.
    @discardableResult
    public func send(text: String, to selection: StreamSelection = .all) -> Int {
        update(selection) { stream, _, now in stream.send(text: text, at: now) }
    }

    /// Sends what each stream would send by itself next; order streams have nothing.
    @discardableResult
    public func sendNext(to selection: StreamSelection = .all) -> Int {
        update(selection) { $0.sendNext($1, at: $2) }
    }

    /// Sends a heartbeat, due or not.
    @discardableResult
    public func sendHeartbeat(to selection: StreamSelection = .all) -> Int {
        update(selection) { $0.beat($1, at: $2) }
    }

    /// Lets something happen to streams: `goAway`, `dualLogon`, `silence`, `cut`, `end`.
    @discardableResult
    public func strike(_ trouble: StreamTrouble, to selection: StreamSelection = .all) -> Int {
        update(selection) { $0.strike(trouble, $1, at: $2) }
    }

    /// Looks at the emulator's clock now and does what is due. It does so by itself within a second, and with
    /// ``Emulator/advance(bySeconds:)``; this is for a configured clock that was moved.
    public func passTime() {
        core.passTime()
    }

    private func update(
        _ selection: StreamSelection,
        _ change: (inout OpenStream, EmulatorSettings, Date) -> Void
    ) -> Int {
        core.withState { state, now in
            let settings = state.server.settings
            return state.streams.update(selection) { change(&$0, settings, now) }
        }
    }
}
