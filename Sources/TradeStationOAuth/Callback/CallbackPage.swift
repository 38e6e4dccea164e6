/// The pages that the callback shows. They are fixed texts: nothing of a request is ever repeated in them.
enum CallbackPage: String, CaseIterable {
    case received
    case declined
    case refused
    case nothingHere

    var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>
        <style>
        body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto 0; padding: 0 1rem;
               color: #222; background: #fff }
        @media (prefers-color-scheme: dark) { body { color: #eee; background: #1b1b1b } }
        </style>
        </head>
        <body>
        <h1>\(title)</h1>
        <p>\(text)</p>
        </body>
        </html>

        """
    }

    private var title: String {
        switch self {
        case .received: "Back to the terminal"
        case .declined: "Not signed in"
        case .refused: "This page cannot be used"
        case .nothingHere: "Nothing here"
        }
    }

    private var text: String {
        switch self {
        case .received: "You can close this window. The terminal says whether the sign-in was accepted."
        case .declined: "The sign-in was declined or refused; the terminal says why. You can close this window."
        case .refused:
            "It does not belong to the sign-in that is waiting. Open the address that stands in the terminal."
        case .nothingHere: "tsaccounts waits here for the end of a sign-in, and for nothing else."
        }
    }
}
