/// Handles a request: logs it, injects its fault and performs it. It waits only if a fault requires it.
struct RequestHandler: Sendable {
    let core: EmulatorCore
    /// Waits for a number of seconds; throws if the emulator stops.
    let wait: @Sendable (Double) async throws -> Void

    func handle(_ request: IncomingRequest) async throws -> Delivery {
        if case .control(let name) = Endpoint(request) {
            let answer = ControlAPI(core: core).answer(request, name: name)
            try await core.saveState()
            return .send(answer)
        }
        let admission = core.admit(request)
        guard let fault = admission.fault else { return .send(try await perform(request, admission)) }
        switch (fault.action, fault.time) {
        case (.stream(let trouble, let afterObjects), _):
            return .send(
                try await perform(request, admission, StreamScript(trouble: trouble, afterObjects: afterObjects))
            )
        case (.truncate, _):
            let answer = try await perform(request, admission, StreamScript(trouble: .cut, afterObjects: 0))
            return answer.stream == nil ? .sendHalf(answer) : .send(answer)
        case (.delay(let seconds), .before):
            try await wait(seconds)
            return .send(try await perform(request, admission))
        case (_, .before):
            return try await inject(fault, request, admission, answer: nil)
        case (_, .after):
            return try await inject(fault, request, admission, answer: try await handle(request, admission))
        }
    }

    /// Performs a request, and saves the tokens that it has changed.
    private func handle(_ request: IncomingRequest, _ admission: EmulatorState.Admission) async throws -> Answer {
        let answer = core.handle(request, admission)
        if admission.endpoint == .token || admission.endpoint == .revoke { try await core.saveState() }
        return answer
    }

    private func perform(
        _ request: IncomingRequest,
        _ admission: EmulatorState.Admission,
        _ script: StreamScript? = nil
    ) async throws -> Answer {
        var answer = try await handle(request, admission)
        answer.stream?.script = script
        core.recordAnswer(answer, to: admission)
        return answer
    }

    /// Injects a fault. `answer` is the normal answer; it is nil if the server has not acted on the request.
    private func inject(
        _ fault: EmulatorFault,
        _ request: IncomingRequest,
        _ admission: EmulatorState.Admission,
        answer: Answer?
    ) async throws -> Delivery {
        switch fault.action {
        case .close:
            return .close
        case .hang(let seconds):
            try await wait(seconds)
            return .close
        case .respond(let status, let headers, let body):
            let scripted = ScriptedAnswer(status: status, headers: headers, body: body)
                .answer(at: admission.endpoint)
            core.recordAnswer(scripted, to: admission)
            return .send(scripted)
        case .delay(let seconds):
            try await wait(seconds)
            core.recordAnswer(answer, to: admission)
            return answer.map { .send($0) } ?? .close
        case .truncate, .stream:
            return answer.map { .sendHalf($0) } ?? .close
        }
    }
}
