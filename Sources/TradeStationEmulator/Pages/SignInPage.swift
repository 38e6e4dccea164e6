/// The sign-in form: plain HTML without scripts, usable with keyboard, screen reader and `curl`.
struct SignInPage: Sendable {
    /// Identifies the authorization request that the form belongs to.
    let transaction: String
    var username = ""
    var error: String?

    var html: String {
        let alert =
            error.map { "<p class=\"alert\" id=\"error\" role=\"alert\">\(HTMLText.escape($0))</p>" } ?? ""
        let described = error == nil ? "" : " aria-invalid=\"true\" aria-describedby=\"error\""
        let focusName = username.isEmpty ? " autofocus" : ""
        let focusPassword = username.isEmpty ? "" : " autofocus"
        return PageTemplate(
            title: error == nil ? "Sign in" : "Error: sign in",
            content: """
                <h1>Sign in</h1>
                <p class="lead">A program asks for access to this account.</p>
                \(alert)
                <form method="post" action="/authorize">
                <input type="hidden" name="transaction" value="\(HTMLText.escape(transaction))">
                <label for="username">Username</label>
                <input id="username" name="username" type="text" value="\(HTMLText.escape(username))" \
                autocomplete="username" autocapitalize="none" spellcheck="false" required\(focusName)\(described)>
                <label for="password">Password</label>
                <input id="password" name="password" type="password" autocomplete="current-password" \
                required\(focusPassword)\(described)>
                <div class="actions">
                <button class="primary" type="submit" name="action" value="sign_in">Sign in</button>
                <button type="submit" name="action" value="decline" formnovalidate>Decline</button>
                </div>
                </form>
                """
        ).html
    }
}
