import Testing

@testable import TradeStationBroker

@Suite struct TrustPlanTests {
    /// The content that a variable's file has.
    private static func content(_ name: String, _ environment: [String: String]) throws -> TrustPlan.Content {
        let plan = TrustPlan(environment: environment, machineFile: "/machine.pem")
        return plan.contents[try #require(plan.files[name])]
    }

    private static func files(_ files: String..., directories: [String] = []) -> TrustPlan.Content {
        TrustPlan.Content(files: files, directories: directories)
    }

    @Test func `without any setting, the machine's authorities are in three of the files and none are in Node's`()
        throws
    {
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"] {
            #expect(try Self.content(name, [:]) == Self.files("/machine.pem"))
        }
        for name in ["NODE_EXTRA_CA_CERTS", "DENO_CERT"] { #expect(try Self.content(name, [:]) == Self.files()) }
        #expect(TrustPlan(environment: [:], machineFile: "/machine.pem").contents.count == 2)
    }

    @Test func `each variable keeps the file that it had`() throws {
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "DENO_CERT"] {
            #expect(try Self.content(name, [name: "/own.pem"]) == Self.files("/own.pem"))
        }
        #expect(try Self.content("SSL_CERT_FILE", ["SSL_CERT_FILE": ""]) == Self.files("/machine.pem"))
    }

    @Test func `curl falls back to OpenSSL's file, and requests to curl's`() throws {
        #expect(try Self.content("CURL_CA_BUNDLE", ["SSL_CERT_FILE": "/o"]) == Self.files("/o"))
        #expect(try Self.content("REQUESTS_CA_BUNDLE", ["CURL_CA_BUNDLE": "/c"]) == Self.files("/c"))
        #expect(try Self.content("REQUESTS_CA_BUNDLE", ["SSL_CERT_FILE": "/o"]) == Self.files("/machine.pem"))
    }

    @Test func `directories of authorities are kept`() throws {
        #expect(
            try Self.content("SSL_CERT_FILE", ["SSL_CERT_DIR": "/a:/b"])
                == Self.files("/machine.pem", directories: ["/a", "/b"])
        )
    }

    @Test func `a machine without authorities gets only that of the run`() throws {
        let plan = TrustPlan(environment: [:], machineFile: nil)
        #expect(plan.contents == [TrustPlan.Content()])
        #expect(Set(plan.files.values) == [0])
    }
}
