import Foundation

/// The open streams, for tests to control. No function waits for time to pass. The functions with a selection return
/// the number of streams that they affected.
public struct EmulatedStreams: Sendable {
    let core: EmulatorCore

    /// Every open stream, oldest first.
    public var open: [EmulatedStream] {
        core.withState { $0.streams.streams.map(EmulatedStream.init) }
    }

    /// Sends objects together, each with a newline; ``EmulatorSettings/streamChunks`` determines the chunks.
    @discardableResult
    public func send(_ objects: String..., to selection: StreamSelection = .all) -> Int {
        update(selection) { $0.send(objects, $1, at: $2) }
    }

    /// Sends objects together, each with a newline; ``EmulatorSettings/streamChunks`` determines the chunks.
    @discardableResult
    public func send(_ objects: [String], to selection: StreamSelection = .all) -> Int {
        update(selection) { $0.send(objects, $1, at: $2) }
    }

    /// Sends a text unchanged, in one chunk and without a newline, for example text that is not a JSON object.
    @discardableResult
    public func send(text: String, to selection: StreamSelection = .all) -> Int {
        update(selection) { stream, _, now in stream.send(text: text, at: now) }
    }

    /// Sends the next generated object of each stream. Order streams have no generated objects.
    @discardableResult
    public func sendNext(to selection: StreamSelection = .all) -> Int {
        update(selection) { $0.sendNext($1, at: $2) }
    }

    /// Sends a heartbeat, even if none is due.
    @discardableResult
    public func sendHeartbeat(to selection: StreamSelection = .all) -> Int {
        update(selection) { $0.sendHeartbeat($1, at: $2) }
    }

    /// Injects a fault into streams, for example `goAway` or `silence`.
    @discardableResult
    public func strike(_ trouble: StreamTrouble, to selection: StreamSelection = .all) -> Int {
        update(selection) { $0.strike(trouble, $1, at: $2) }
    }

    /// Reads the emulator's clock and sends the objects and heartbeats that are due.
    ///
    /// The emulator does this automatically once a second and in ``Emulator/advance(bySeconds:)``. Call this function
    /// after you move a clock that you passed as ``EmulatorConfiguration/now``.
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
