/// Why the callback turns a request away. The sign-in continues, and the terminal gets a line about it.
enum CallbackRefusal: Hashable, Sendable {
    /// The `Host` is missing, occurs twice or is not this computer's own.
    case foreignHost
    /// The method is neither GET nor the POST of a form.
    case wrongMethod
    /// The request is for another page and contains no authorization response.
    case otherPage
    /// The sign-in has already received another response.
    case alreadyAnswered
    /// The authorization response in the request cannot be used.
    case response(AuthorizationResponse.Refusal)
    /// The browser speaks TLS, so the address begins with `https`.
    case encrypted
    /// The request is not HTTP/1.
    case notHTTP
    /// The request is larger than ``LoopbackListener/maximumRequestBytes``.
    case tooLarge
    /// The connection ended in the middle of a request.
    case incomplete

    /// The status of the reply (RFC 9110).
    var status: Int {
        switch self {
        case .foreignHost: 421
        case .wrongMethod: 405
        case .otherPage: 404
        case .tooLarge: 431
        case .alreadyAnswered, .response, .encrypted, .notHTTP, .incomplete: 400
        }
    }

    /// The page of the reply.
    var page: CallbackPage {
        switch self {
        case .foreignHost, .otherPage, .notHTTP, .incomplete: .notFound
        case .wrongMethod: .wrongMethod
        case .alreadyAnswered: .alreadyAnswered
        case .response(.wrongState), .response(.missingState): .refused
        case .response(.unprovenError): .unprovenError
        case .response: .unreadable
        case .encrypted: .encrypted
        case .tooLarge: .tooLarge
        }
    }

    /// The line for the terminal. It repeats nothing from the request.
    var note: String {
        switch self {
        case .foreignHost:
            "The callback ignored a request for another host name. Open the sign-in URL above."
        case .wrongMethod:
            "The callback ignored a request that was not a page load. Open the sign-in URL above in a browser."
        case .otherPage:
            "The callback ignored a request for another page. Open the sign-in URL above."
        case .alreadyAnswered:
            "The callback ignored a second response to this sign-in."
        case .response(.wrongState), .response(.missingState):
            "The callback ignored a page that does not belong to this sign-in. Open the sign-in URL above."
        case .response(.unprovenError):
            "The browser's request reports an error but has no state parameter, so any page could have sent it. "
                + "The browser's address bar shows the error. If you declined, press Ctrl-C; otherwise open the "
                + "sign-in URL above again."
        case .response(let refusal):
            "The callback cannot use the browser's answer. \(refusal.explanation) Open the sign-in URL above again."
        case .encrypted:
            "The browser used https, but the callback accepts only http. Change https to http in the browser's address "
                + "bar, or paste the whole address here."
        case .notHTTP:
            "The callback received something other than a browser's request and ignored it."
        case .tooLarge:
            "The browser's request was larger than 64 KiB, probably because of many cookies for localhost. Paste the "
                + "address from its address bar here, or open the sign-in URL above in a private window."
        case .incomplete:
            "A request to the callback ended too early. Reload the page in the browser."
        }
    }
}
