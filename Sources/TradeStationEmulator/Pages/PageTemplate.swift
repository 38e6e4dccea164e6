/// The HTML around a page's content: an inline style sheet for light and dark mode, no external resources.
struct PageTemplate: Sendable {
    let title: String
    /// The content as HTML; the caller escapes it.
    let content: String

    var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(HTMLText.escape(title)) · TradeStation emulator</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        <main>
        \(content)
        </main>
        <footer>TradeStation emulator on this machine. No real account is reachable from here.</footer>
        </body>
        </html>

        """
    }

    private static let style = """
        :root { color-scheme: light dark; --line: #6b7280; --ink: #111827; --soft: #4b5563; --card: #ffffff;
          --ground: #eef1f5; --accent: #0b5cad; --bad: #9f1239; --bad-ground: #fff1f2; }
        @media (prefers-color-scheme: dark) { :root { --line: #8b95a5; --ink: #f3f4f6; --soft: #c3cad5;
          --card: #1c222c; --ground: #11151b; --accent: #1f6fc4; --bad: #fecdd3; --bad-ground: #4c0519; } }
        * { box-sizing: border-box; }
        body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; align-items: center;
          justify-content: center; gap: 1.25rem; padding: 1.5rem; background: var(--ground); color: var(--ink);
          font: 1rem/1.5 system-ui, sans-serif; }
        main { width: 100%; max-width: 24rem; padding: 2rem; background: var(--card); border-radius: .75rem;
          box-shadow: 0 1px 3px rgb(0 0 0 / .2), 0 8px 24px rgb(0 0 0 / .08); }
        h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.2; }
        .lead { margin: 0 0 1.25rem; color: var(--soft); }
        label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
        input { width: 100%; padding: .625rem .75rem; border: 1px solid var(--line); border-radius: .5rem;
          background: var(--card); color: var(--ink); font: inherit; }
        .actions { display: flex; gap: .75rem; margin-top: 1.5rem; }
        button { flex: 1; padding: .625rem 1rem; border: 1px solid var(--line); border-radius: .5rem;
          background: transparent; color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
        button.primary { border-color: var(--accent); background: var(--accent); color: #ffffff; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        .alert { margin: 0 0 1rem; padding: .625rem .75rem; border-radius: .5rem; background: var(--bad-ground);
          color: var(--bad); overflow-wrap: anywhere; }
        footer { max-width: 24rem; color: var(--soft); font-size: .8125rem; text-align: center; }
        """
}
