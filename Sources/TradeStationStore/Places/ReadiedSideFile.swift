import TradeStationModel

/// A side file that is open and has its space, so that writing an answer needs neither the database nor free space.
struct ReadiedSideFile: Sendable {
    let file: any OpenSideFile
    let login: Login
    let key: APIKey
    /// The opening of the database that login and key were read in.
    let epoch: Int
}
