/// The command line, still without commands.
@main enum Main {
    static func main() {}
}
