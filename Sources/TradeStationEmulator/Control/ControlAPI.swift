/// The control endpoints for tests: counts, log, faults, settings and streams.
struct ControlAPI: Sendable {
    private struct Advance: Decodable {
        let seconds: Double

        enum CodingKeys: String, CodingKey {
            case seconds
        }

        init(from decoder: any Decoder) throws {
            try InvalidJSON.refuseUnknownKeys(in: decoder, known: ["seconds"])
            seconds = try decoder.container(keyedBy: CodingKeys.self).decode(Double.self, forKey: .seconds)
        }
    }

    let core: EmulatorCore

    func answer(_ request: IncomingRequest, name: String) -> Answer {
        // Only browsers send Origin; a web page must not control the emulator.
        guard request.origin == nil else { return failure(403, "The control endpoints are not for browsers.") }
        switch (name, request.method) {
        case ("counts", "GET"): return .json(core.withState { $0.counts })
        case ("log", "GET"): return log
        case ("faults", "GET"): return faults
        case ("faults", "POST"): return setFaults(request.body)
        case ("orders", "GET"): return .json(["orders": core.withState { $0.api.book.orders }])
        case ("streams", "GET"): return .json(["streams": EmulatedStreams(core: core).open])
        case ("streams", "POST"):
            return decode(StreamCommand.self, request.body) {
                .json(["streams": $0.run(on: EmulatedStreams(core: core))])
            }
        case ("settings", "GET"): return settings
        case ("settings", "POST"): return changeSettings(request.body)
        case ("advance", "POST"): return advance(request.body)
        case ("revoke_all", "POST"):
            core.withState { $0.server.revokeAll() }
            return .json(["revoked": true])
        case ("expire_access", "POST"):
            core.expireAccessTokens()
            return .json(["expired": true])
        case ("counts", _), ("log", _), ("faults", _), ("settings", _), ("advance", _), ("revoke_all", _),
            ("expire_access", _), ("orders", _), ("streams", _):
            return failure(405, "The method \(request.method) is not allowed here.")
        default:
            return failure(404, "There is no control endpoint \"\(name)\".")
        }
    }

    /// The log with one JSON object per line.
    private var log: Answer {
        var answer = Answer.json("")
        answer.fields[0] = Answer.Field(name: "content-type", value: "application/x-ndjson")
        answer.body = core.withState { $0.log }.map { JSONText.encode($0) + "\n" }.joined()
        return answer
    }

    private var faults: Answer {
        var answer = Answer.json("")
        answer.body = FaultScript(core.withState { $0.faults.faults }).json
        return answer
    }

    private var settings: Answer {
        .json(core.withState { SettingsChange(describing: $0.server) })
    }

    private func setFaults(_ body: String) -> Answer {
        do throws(InvalidJSON) {
            let script = try FaultScript(json: body)
            core.withState { $0.faults = FaultQueue(script.faults) }
            return faults
        } catch {
            return failure(400, error.reason)
        }
    }

    private func changeSettings(_ body: String) -> Answer {
        decode(SettingsChange.self, body) { change in
            core.withState { change.apply(to: &$0.server) }
            return settings
        }
    }

    private func advance(_ body: String) -> Answer {
        decode(Advance.self, body) { advance in
            guard (0...Double(SettingsChange.maximum)).contains(advance.seconds) else {
                return failure(400, "\"seconds\" must be between 0 and \(SettingsChange.maximum).")
            }
            return .json(["advanced_seconds": core.advance(bySeconds: advance.seconds)])
        }
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ body: String, _ use: (Value) -> Answer) -> Answer {
        do throws(InvalidJSON) {
            return use(try JSONText.decode(type, from: body))
        } catch {
            return failure(400, error.reason)
        }
    }

    private func failure(_ status: Int, _ message: String) -> Answer {
        .json(["error": message], status: status)
    }
}
