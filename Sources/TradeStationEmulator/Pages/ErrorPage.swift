/// The page for an error that cannot be reported to the client by a redirect.
struct ErrorPage: Sendable {
    let reason: String

    var html: String {
        PageTemplate(
            title: "Sign-in refused",
            content: """
                <h1>Sign-in refused</h1>
                <p class="alert" role="alert">\(HTMLText.escape(reason))</p>
                <p>Nothing was granted. You can close this page.</p>
                """
        ).html
    }
}
