/// Error answers of the API. v2, v3 and the sign-in server each use their own format.
enum APIFailure {
    private struct Version2: Encodable {
        let TraceId = "00000000-0000-0000-0000-000000000000"
        let StatusCode: Int
        let Message: String
    }

    static func version3(_ status: Int, _ message: String) -> Answer {
        .json(["Error": title(status), "Message": message], status: status)
    }

    static func version2(_ status: Int, _ message: String) -> Answer {
        .json(Version2(StatusCode: status, Message: message), status: status)
    }

    private static func title(_ status: Int) -> String {
        switch status {
        case 400: "BadRequest"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "NotFound"
        case 405: "MethodNotAllowed"
        case 429: "TooManyRequests"
        case 501: "NotImplemented"
        case 503: "ServiceUnavailable"
        case 504: "GatewayTimeout"
        default: "InternalServerError"
        }
    }
}
