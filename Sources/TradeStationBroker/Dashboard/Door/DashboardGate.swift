import Crypto
import Foundation
import NIOHTTP1
import TradeStationSessions

/// Decides who sees the page: those who come with a one-time link, and then with the cookie that they got for it.
///
/// A web page on another origin can make the browser send requests here, and by rebinding its name to 127.0.0.1 it can
/// even read the answers. Therefore the `Host` must be one of ours, and no request may come from another origin. The
/// path of the page is random, because a browser sends the cookies of 127.0.0.1 to every port.
struct DashboardGate: Sendable {
    /// What is sent for a request.
    enum Decision: Hashable, Sendable {
        case page(DashboardView)
        case styleSheet
        case script
        case events
        /// The code of the link is right: the browser gets the cookie and goes on to the page.
        case admit(byPage: Bool)
        case refuse(status: Int, title: String, message: String)
    }

    /// How long a link can be opened, in milliseconds: five minutes.
    static let linkMilliseconds: Int64 = 300_000

    /// The path of the page. It is no secret: without the cookie, nothing is shown.
    let path: String
    /// The value of the cookie.
    let cookie: String
    private let authorities: Set<String>
    private let link: String
    private let linkEnd: Int64
    private var isLinkUsed = false

    /// - Parameters:
    ///   - port: The port of the listener.
    ///   - now: Milliseconds since boot.
    init(port: Int, random: RandomSource, now: Int64) {
        authorities = ["127.0.0.1:\(port)", "localhost:\(port)"]
        path = "/d/\(random.hex(bytes: 16))/"
        cookie = random.hex(bytes: 32)
        link = "/open/\(random.hex(bytes: 32))"
        linkEnd = now + Self.linkMilliseconds
    }

    /// The address of the one-time link.
    func address(port: Int) -> String { "http://127.0.0.1:\(port)\(link)" }

    /// The cookie as it is set.
    var cookieField: String { "\(Self.cookieName)=\(cookie); Path=\(path); HttpOnly; SameSite=Strict" }

    private static let cookieName = "tsaccounts_dashboard"

    /// - Parameter now: Milliseconds since boot.
    mutating func decide(_ head: HTTPRequestHead, now: Int64) -> Decision {
        let hosts = head.headers["host"]
        guard hosts.count == 1, authorities.contains(hosts[0].lowercased()) else { return Self.wrongHost }
        guard head.method == .GET || head.method == .HEAD else { return Self.wrongMethod }
        let target = head.uri.prefix { $0 != "?" }
        let isLink = target.hasPrefix("/open/")
        guard comesFromHere(head.headers, host: hosts[0], isLink: isLink) else { return Self.foreign }
        guard !isLink else { return open(String(target), head, now: now) }
        guard target.hasPrefix(path) else { return Self.missing }
        guard hasCookie(head.headers) else { return Self.withoutCookie }
        switch target.dropFirst(path.count) {
        case "": return .page(DashboardView(target: head.uri))
        case "dashboard.css": return .styleSheet
        case "dashboard.js": return .script
        case "events": return .events
        default: return Self.missing
        }
    }

    /// Whether a request comes from the page itself or from the address bar. Browsers say so with `Sec-Fetch-Site` and
    /// `Origin`; other programs send neither.
    private func comesFromHere(_ headers: HTTPHeaders, host: String, isLink: Bool) -> Bool {
        guard headers["origin"].allSatisfy({ $0.lowercased() == "http://\(host.lowercased())" }) else { return false }
        return headers["sec-fetch-site"].allSatisfy { site in
            if ["same-origin", "none"].contains(site) { return true }
            // The browser was started with a file that leads to the link, so that the link is in no argument.
            return isLink && headers["sec-fetch-mode"] == ["navigate"] && headers["sec-fetch-dest"] == ["document"]
        }
    }

    private mutating func open(_ target: String, _ head: HTTPRequestHead, now: Int64) -> Decision {
        guard !isLinkUsed, now < linkEnd, Self.isSame(target, link) else { return Self.usedLink }
        // HEAD is what programs send that look at links before their user does.
        guard head.method == .GET else { return Self.wrongMethod }
        isLinkUsed = true
        // After a redirect that another page began, a browser would not send a strict cookie. After a page of ours, it
        // does.
        let isForeign = head.headers["sec-fetch-site"].contains { $0 != "none" && $0 != "same-origin" }
        return .admit(byPage: isForeign)
    }

    private func hasCookie(_ headers: HTTPHeaders) -> Bool {
        headers["cookie"].flatMap { $0.split(separator: ";") }.contains { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            return parts.count == 2 && parts[0].drop { $0 == " " } == Self.cookieName
                && Self.isSame(String(parts[1]), cookie)
        }
    }

    /// Compares digests, which takes the same time wherever the texts differ.
    private static func isSame(_ left: String, _ right: String) -> Bool {
        SHA256.hash(data: Data(left.utf8)) == SHA256.hash(data: Data(right.utf8))
    }
}

extension DashboardGate {
    private static let wrongHost = Decision.refuse(
        status: 421,
        title: "Wrong host",
        message: "This server answers only as 127.0.0.1 or localhost, with its port."
    )
    private static let wrongMethod = Decision.refuse(
        status: 405,
        title: "Only for reading",
        message: "The dashboard only shows: it accepts GET and HEAD."
    )
    private static let foreign = Decision.refuse(
        status: 403,
        title: "Refused",
        message: "Another website asked for this page. Paste the link into the address bar instead."
    )
    private static let usedLink = Decision.refuse(
        status: 403,
        title: "This link cannot be opened",
        message: "A link opens the dashboard once, within five minutes."
    )
    private static let withoutCookie = Decision.refuse(
        status: 403,
        title: "Not for this browser",
        message: "The dashboard is open in the browser that used the link, and in no other."
    )
    private static let missing = Decision.refuse(
        status: 404,
        title: "Not found",
        message: "There is no such page."
    )
}
