/// The pages that the callback shows. Their text is fixed and never includes anything from the request.
enum CallbackPage: String, CaseIterable {
    case received
    case declined
    case refused
    case unprovenError
    case unreadable
    case alreadyAnswered
    case wrongMethod
    case encrypted
    case tooLarge
    case notFound

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
        case .refused, .unreadable, .alreadyAnswered, .wrongMethod: "This page cannot be used"
        case .unprovenError: "The sign-in continues"
        case .encrypted: "Use http instead of https"
        case .tooLarge: "The request is too large"
        case .notFound: "Not found"
        }
    }

    private var text: String {
        switch self {
        case .received: "You can close this window. The terminal shows whether the sign-in succeeded."
        case .declined: "The sign-in was declined or refused. The terminal shows the reason. You can close this window."
        case .refused:
            "It does not belong to the current sign-in. Open the URL that the terminal shows."
        case .unprovenError:
            """
            The sign-in server reported an error, but nothing proves that it belongs to this sign-in. If you declined, \
            press Ctrl-C in the terminal. Otherwise, open the URL from the terminal again.
            """
        case .unreadable:
            "The answer of the sign-in server cannot be read. Open the URL from the terminal again."
        case .alreadyAnswered:
            "This sign-in has already received another answer. The terminal shows whether it succeeded."
        case .wrongMethod:
            "The callback accepts only a page load. Use a browser to open the URL that the terminal shows."
        case .encrypted:
            "Change https to http in the address bar, or paste the whole address into the terminal."
        case .tooLarge:
            """
            Other programs have probably left many cookies for localhost. Paste the address of this page into the \
            terminal, or use a private window to open the URL that the terminal shows.
            """
        case .notFound:
            """
            tsaccounts uses this port only to receive the result of a sign-in. Open the URL that the terminal shows.
            """
        }
    }
}
