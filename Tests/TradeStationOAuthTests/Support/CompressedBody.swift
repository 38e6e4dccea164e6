import Foundation

/// Compressed forms of ``Exchange/granted``.
enum CompressedBody {
    static let gzip = bytes(
        "H4sIAAAAAAACA6tWSkxOTi0uji/Jz07NU7ICcZV0lIpS04pSizPgokC+rhFQHMyPL6ksSAUKOqUmFqUWAUVTKwoygcrjM4FKDY0M"
            + "DGoB62CWGlYAAAA="
    )
    /// RFC 1950: with a header and a checksum.
    static let zlib = bytes(
        "eNqrVkpMTk4tLo4vyc9OzVOyAnGVdJSKUtOKUosz4KJAvq4RUBzMjy+pLEgFCjqlJhalFgFFUysKMoHK4zOBSg2NDAxqAQjcHPE="
    )
    /// RFC 1951: without both.
    static let rawDeflate = bytes(
        "q1ZKTE5OLS6OL8nPTs1TsgJxlXSUilLTilKLM+CiQL6uEVAczI8vqSxIBQo6pSYWpRYBRVMrCjKByuMzgUoNjQwMagE="
    )
    static let gzipOfGzip = bytes(
        "H4sIAAAAAAACA5Pv5mAAASbm1WFePn5+unp9+ifP+50N3sRUOLVkSlfQ5a6gbuMHixz2rRMMkDnTr79Sx4OVy2qpmthSMUbXYG0u"
            + "o8ZTj40bvXh7eXiyGF8nTJMKA5oGAPx6pQBWAAAA"
    )
    /// A refresh token, and then 100,000 blanks.
    static let bomb = bytes(
        "H4sIAAAAAAACA+3HsQmAQBAAwVbkYk0Mbcbo5EFQeA0EsXe1iw9mot07ai41jzKf+5pbTP8PY/Rxfd0BAAAAAAAAAAAAAAAAAAAA"
            + "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            + "AAAAAAAAzYrnBfn1Xi7AhgEA"
    )

    /// Gzip bodies of several members: two, and two with empty ones before them.
    static let members = [
        bytes(
            "H4sIAAAAAAACA6tWSkxOTi0uji/Jz07NU7ICcZV0lIpS04pSizPgokUAJZvVMSgAAAAfiwgAAAAAAAIDS03TNVLSUSrJz07Niy+p"
                + "LEhVslJySk0sSi0CiqZWFGQWpRbHZ+YpWRkaGRjUAgCrKXfcLgAAAA=="
        ),
        bytes(
            "H4sIAAAAAAACAwMAAAAAAAAAAAAfiwgAAAAAAAIDq1ZKTE5OLS6OLwEAbeL/fQoAAAAfiwgAAAAAAAIDAwAAAAAAAAAAAB+LCAAA"
                + "AAAAAgPLz07NU7JSSkxOVtJRKkpNK0otzogvyYeIAvm6RkBxMD++pLIgFSjolJpYlFoEFE2tKMgEKo/PBCo1NDIwqAUAei4oSkwA"
                + "AAA="
        ),
    ]
    /// A gzip member that contains the letter `a`.
    static let letter = bytes("H4sIAAAAAAACA0sEAEO+t+gBAAAA")

    private static func bytes(_ text: String) -> [UInt8] { Array(Data(base64Encoded: text) ?? Data()) }
}
