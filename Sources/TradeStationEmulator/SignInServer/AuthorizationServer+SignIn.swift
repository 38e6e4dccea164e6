/// The authorization endpoint and its sign-in form.
extension AuthorizationServer {
    /// Handles a GET request to the authorization endpoint: shows the form, or redirects with a code if the browser is
    /// already signed in.
    mutating func authorize(_ incoming: IncomingRequest, context: DecisionContext) -> Outcome {
        prune(at: context.now)
        guard let fields = FormFields(incoming.query) else {
            return errorPage("The request's query is not readable.", status: 400)
        }
        let request: AuthorizationRequest
        do {
            request = try AuthorizationRequest(fields, client: { clients[$0] }, redirectURIs: redirectURIs)
        } catch {
            switch error {
            case .page(let reason): return errorPage(reason, status: 403)
            case .redirect(let location): return Outcome(.redirect(to: location))
            }
        }
        if request.prompt != "login",
            let session = incoming.cookie(named: Self.sessionCookie),
            let username = browserSessions[session]
        {
            return grantCode(request, username: username, context: context)
        }
        if request.prompt == "none" {
            return Outcome(
                .redirect(
                    to: request.location([("error", "login_required"), ("error_description", "Login required")])
                )
            )
        }
        let transaction = context.secret()
        pendingSignIns[transaction] = PendingSignIn(request: request, shownAt: context.now)
        return Outcome(.page(SignInPage(transaction: transaction, username: request.loginHint ?? "").html))
    }

    /// Handles a POST request of the sign-in form.
    mutating func signIn(_ incoming: IncomingRequest, context: DecisionContext) -> Outcome {
        prune(at: context.now)
        guard incoming.mediaType == "application/x-www-form-urlencoded", let fields = FormFields(incoming.body) else {
            return errorPage("The form is not readable.", status: 400)
        }
        guard let transaction = fields["transaction"], let pending = pendingSignIns[transaction] else {
            return errorPage("This sign-in page is no longer valid. Start again in your program.", status: 400)
        }
        let request = pending.request
        if fields["action"] == "decline" {
            pendingSignIns[transaction] = nil
            return Outcome(
                .redirect(
                    to: request.location([
                        ("error", "access_denied"), ("error_description", "User did not authorize the request"),
                    ])
                )
            )
        }
        let username = fields["username"] ?? ""
        guard let user = users[username], user.password == fields["password"] else {
            let page = SignInPage(transaction: transaction, username: username, error: "Wrong username or password.")
            return Outcome(.page(page.html, status: 401))
        }
        pendingSignIns[transaction] = nil
        let session = context.secret()
        browserSessions[session] = user.username
        var outcome = grantCode(request, username: user.username, context: context)
        outcome.answer.fields.append(
            Answer.Field(name: "set-cookie", value: "\(Self.sessionCookie)=\(session); Path=/; HttpOnly; SameSite=Lax")
        )
        return outcome
    }

    private mutating func grantCode(_ request: AuthorizationRequest, username: String, context: DecisionContext)
        -> Outcome
    {
        let code = context.secret()
        let familyID = context.secret(9)
        codes[code] = AuthorizationCode(
            request: request,
            username: username,
            issuedAt: context.now,
            familyID: familyID
        )
        var outcome = Outcome(.redirect(to: request.location([("code", code)])))
        outcome.committed = true
        outcome.familyID = familyID
        return outcome
    }

    private func errorPage(_ reason: String, status: Int) -> Outcome {
        Outcome(.page(ErrorPage(reason: reason).html, status: status))
    }
}
