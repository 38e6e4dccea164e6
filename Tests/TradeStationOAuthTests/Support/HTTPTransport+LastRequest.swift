@testable import TradeStationOAuth

extension HTTPTransport {
    /// Sends a request, shuts down, and returns the outcome of the request.
    func outcome(ofLast request: HTTPExchangeRequest) async -> Result<HTTPExchangeResponse, TransportFailure> {
        let result: Result<HTTPExchangeResponse, TransportFailure>
        do throws(TransportFailure) {
            result = .success(try await execute(request))
        } catch {
            result = .failure(error)
        }
        await shutdown()
        return result
    }

    /// Sends a request, shuts down, and returns why the request failed; nil if it succeeded.
    func failure(ofLast request: HTTPExchangeRequest) async -> TransportFailure? {
        guard case .failure(let failure) = await outcome(ofLast: request) else { return nil }
        return failure
    }
}
