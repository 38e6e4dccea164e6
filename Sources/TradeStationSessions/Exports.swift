// The API of sessions uses this module's names, errors, environments and states, so one import is enough.
@_exported public import TradeStationModel
