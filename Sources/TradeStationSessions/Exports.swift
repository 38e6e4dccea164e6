// Names, errors, environments and states are part of what sessions speak in: one import is enough.
@_exported public import TradeStationModel
