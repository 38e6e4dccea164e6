import TradeStationModel

/// A side file that is open and has its space, so that writing an answer needs neither the database nor free space.
struct ReadiedSideFile: Sendable {
    let file: PrivateFile
    let login: Login
    let key: APIKey
}
