// A test uses sessions and the emulator, so one import provides both.
@_exported public import TradeStationEmulator
@_exported public import TradeStationSessions
