import Foundation
import Testing

extension CommandLineSuite {
    @Suite struct DemoCommandTests {
        @Test(.tool) func `the demo runs all steps, counts one exchange, and removes its files`() async throws {
            var tool = try Tool.current
            let scratch = tool.directory.appendingPathComponent("tmp")
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
            tool.environment["TMPDIR"] = scratch.path
            let result = try await tool.run("demo")
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.errors.isEmpty)
            #expect(result.output.contains("The server counted 1 exchange."))
            #expect(result.output.contains("50 tasks received 1 new token."))
            #expect(result.output.contains("refresh_succeeded"))
            #expect(result.output.contains("sqlite3 -readonly"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
            #expect(!FileManager.default.fileExists(atPath: tool.store))
        }
    }
}
