import TradeStationSessions

/// The strip of one login as SVG: a bar for each generation from birth to expiry, what happened as marks, the sessions of
/// the exchange shaded, and a line for now.
///
/// Positions are percentages and sizes are pixels, so that the strip fits any width without a distortion of its text.
struct TimelineStrip {
    let timeline: LoginTimeline
    let name: String
    /// Makes the ids of this strip unique on the page.
    let id: String
    let start: Timestamp
    let now: Timestamp
    let time: TimeText

    /// A third of the period lies ahead: it shows what expires soon.
    private var end: Timestamp { now.advanced(byMilliseconds: (now.milliseconds - start.milliseconds) / 3) }

    private static let height = 86
    /// The steps of the axis, in minutes.
    private static let steps: [Int64] = [10, 30, 60, 120, 240, 480]
    private static let mostSteps: Int64 = 8

    var html: HTML {
        let parts = [sessions, spans(timeline.outages, "outage", y: 20), spans(timeline.pauses, "pause", y: 62)]
        let layers = parts.flatMap { $0 } + axis + bars + marks + [signInEnd, nowLine].compactMap { $0 }
        return .element(
            "svg",
            [
                "role": "img", "aria-labelledby": "\(id)-title", "aria-describedby": "\(id)-description",
                "class": "strip",
                "width": "100%", "height": String(Self.height),
            ],
            [
                .element("title", ["id": "\(id)-title"], [HTML("Timeline of \(name)")]),
                .element("desc", ["id": "\(id)-description"], [HTML(description)]),
            ] + layers
        )
    }

    /// What the strip shows, in words.
    var description: String {
        let counts = LoginTimeline.Kind.allCases.compactMap { kind -> String? in
            let count = timeline.marks.count { $0.kind == kind && $0.at >= start }
            return count > 0 ? "\(count) \(kind.rawValue)" : nil
        }
        let happened = counts.isEmpty ? "nothing happened" : counts.joined(separator: ", ")
        let current = timeline.generations.last.map {
            " Generation \($0.number) \($0.ends > now ? "ends" : "ended") \(time.pointAndDistance($0.ends))."
        }
        let signIn = timeline.signInEnd.map { " The sign-in ends \(time.pointAndDistance($0))." }
        return "From \(time.point(start)) to \(time.point(end)): \(happened).\(current ?? "")\(signIn ?? "")"
    }

    // MARK: Layers

    private var sessions: [HTML] {
        TradingSession.sessions(from: start, to: end).map { session in
            bar("session", from: session.opens, to: session.closes, y: 14, height: 56)
        }
    }

    private func spans(_ spans: [LoginTimeline.Span], _ className: String, y: Int) -> [HTML] {
        spans.filter { ($0.end ?? now) > start }.map { span in
            bar(className, from: span.start, to: span.end ?? now, y: y, height: 6)
        }
    }

    private var bars: [HTML] {
        // Two lanes, because a generation is replaced before it expires.
        timeline.generations.filter { $0.ends > start && ($0.born ?? start) < end }.map { generation in
            let y = generation.number.isMultiple(of: 2) ? 30 : 46
            let birth = generation.born ?? min(start, generation.ends)
            return bar(
                generation.ends > now ? "generation current" : "generation",
                from: birth,
                to: generation.ends,
                y: y,
                height: 13
            )
        }
    }

    private var marks: [HTML] {
        // Marks of one kind in the same place would only hide each other.
        var taken = Set<[Int64]>()
        return timeline.marks.filter { $0.at >= start && $0.at <= end }.compactMap { mark in
            let place =
                (mark.at.milliseconds - start.milliseconds) * 500 / max(1, end.milliseconds - start.milliseconds)
            let kind = Int64(LoginTimeline.Kind.allCases.firstIndex(of: mark.kind) ?? 0)
            guard taken.insert([place, kind, mark.kind == .refreshed ? mark.waiters : 0]).inserted else { return nil }
            return mark.kind == .refreshed ? tick(mark) : symbol(mark)
        }
    }

    /// A refresh: the more callers waited for it, the longer the tick.
    private func tick(_ mark: LoginTimeline.Mark) -> HTML {
        let x = percentage(mark.at)
        let length = min(14, 4 + Int(min(mark.waiters, 10)))
        return .element(
            "line",
            ["class": "tick", "x1": x, "x2": x, "y1": String(28 - length), "y2": "28"]
        )
    }

    private func symbol(_ mark: LoginTimeline.Mark) -> HTML {
        .element(
            "text",
            [
                "class": mark.kind.isSuccess ? "mark success" : "mark trouble", "x": percentage(mark.at), "y": "24",
                "text-anchor": "middle",
            ],
            [HTML(mark.kind.symbol)]
        )
    }

    private var axis: [HTML] {
        let length = (end.milliseconds - start.milliseconds) / 60_000
        let minutes = Self.steps.first { length / $0 <= Self.mostSteps } ?? 480
        let step = minutes * 60_000
        // The steps are at whole hours of the clocks that are shown.
        let offset = time.zone.offset(start) * 1000
        let first = ((start.milliseconds + offset) / step + 1) * step - offset
        return stride(from: first, to: end.milliseconds - length * 60_000 / 25, by: Int(step)).flatMap {
            milliseconds -> [HTML] in
            let at = Timestamp(milliseconds: milliseconds)
            let x = percentage(at)
            let text = String(time.zone.reading(at: at).time.prefix(5))
            return [
                .element("line", ["class": "grid", "x1": x, "x2": x, "y1": "14", "y2": "70"]),
                .element("text", ["class": "hour", "x": x, "y": "83", "text-anchor": "middle"], [HTML(text)]),
            ]
        }
    }

    private var signInEnd: HTML? {
        guard let at = timeline.signInEnd, at > start, at < end else { return nil }
        let x = percentage(at)
        return .element(
            "g",
            ["class": "end"],
            [
                .element("line", ["x1": x, "x2": x, "y1": "14", "y2": "70"]),
                .element("text", ["x": x, "y": "11", "text-anchor": "middle"], ["sign-in ends"]),
            ]
        )
    }

    private var nowLine: HTML? {
        let x = percentage(now)
        return .element(
            "g",
            ["class": "now"],
            [
                .element("line", ["x1": x, "x2": x, "y1": "14", "y2": "70"]),
                .element("text", ["x": x, "y": "11", "text-anchor": "middle"], ["now"]),
            ]
        )
    }

    private func bar(_ className: String, from: Timestamp, to: Timestamp, y: Int, height: Int) -> HTML {
        let (left, right) = (position(from), position(to))
        return .element(
            "rect",
            [
                "class": className, "x": Self.percent(left), "width": Self.percent(max(right - left, 0.1)),
                "y": String(y), "height": String(height), "rx": className.hasPrefix("generation") ? "2" : nil,
            ]
        )
    }

    /// Where a time is on the strip, from 0 to 100.
    private func position(_ at: Timestamp) -> Double {
        let whole = Double(max(1, end.milliseconds - start.milliseconds))
        return min(100, max(0, Double(at.milliseconds - start.milliseconds) / whole * 100))
    }

    private func percentage(_ at: Timestamp) -> String { Self.percent(position(at)) }

    private static func percent(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)%"
    }
}
