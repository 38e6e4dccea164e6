// A test speaks of sessions and of the emulator all the time: one import is enough.
@_exported public import TradeStationEmulator
@_exported public import TradeStationSessions
