import GRDB
import TradeStationModel

/// A board that the connections of a store write.
protocol StoreBoard: ChangeBoard {
    /// Shows what was committed, and wakes whoever waits in this process. The caller keeps other writers away meanwhile.
    ///
    /// Nothing is thrown: the commit stands, whatever becomes of the board.
    func publish(_ database: Database)
}
