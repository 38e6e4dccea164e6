public import ArgumentParser
public import TradeStationSessions

// The model's own words are the words of the command line.
extension APIVersion: ExpressibleByArgument {}
extension ClientAuthentication: ExpressibleByArgument {}
