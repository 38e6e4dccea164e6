import Foundation

/// A value as the bytes of a JSON text.
struct JSONBody {
    let bytes: [UInt8]

    init(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // The values that are sent contain no floating-point numbers, which alone cannot always be encoded.
        bytes = (try? encoder.encode(value)).map { Array($0) } ?? Array("{}".utf8)
    }
}
