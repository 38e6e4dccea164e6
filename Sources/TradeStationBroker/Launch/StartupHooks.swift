/// Files that make a program's HTTP library use the proxy although it would not by itself.
package enum StartupHooks {
    /// The module that Python imports at its start. It is for aiohttp.
    static let pythonModule = "sitecustomize.py"

    /// The text of ``pythonModule``.
    static let python = """
        \"""Lets aiohttp use the proxy of the environment. From `tsaccounts exec`; its --no-hooks leaves this out.\"""

        import functools
        import importlib.machinery
        import importlib.util
        import os
        import sys


        class _Aiohttp:
            \"""Changes the default of ClientSession(trust_env=) when aiohttp is imported.\"""

            def find_spec(self, name, path=None, target=None):
                if name != "aiohttp.client":
                    return None
                sys.meta_path.remove(self)
                spec = importlib.machinery.PathFinder.find_spec(name, path)
                if spec is not None and spec.loader is not None:
                    run = spec.loader.exec_module
                    spec.loader.exec_module = lambda module: (run(module), _trust_environment(module.ClientSession))
                return spec


        def _trust_environment(session):
            original = session.__init__

            @functools.wraps(original)
            def init(self, *arguments, **options):
                options.setdefault("trust_env", True)
                original(self, *arguments, **options)

            session.__init__ = init


        def _run_next():
            \"""Runs the sitecustomize that Python would have found without this one.\"""
            here = os.path.dirname(os.path.realpath(__file__))
            path = [entry for entry in sys.path if os.path.realpath(entry or ".") != here]
            spec = importlib.machinery.PathFinder.find_spec("sitecustomize", path)
            if spec is None or spec.loader is None:
                return
            module = importlib.util.module_from_spec(spec)
            sys.modules["sitecustomize"] = module
            spec.loader.exec_module(module)


        sys.meta_path.insert(0, _Aiohttp())
        _run_next()

        """

    /// The file that Node loads at its start. It is for versions that do not read `HTTPS_PROXY` by themselves.
    static let nodeFile = "proxy.cjs"

    /// The text of ``nodeFile``.
    static let node = """
        // Lets fetch and https use the proxy of the environment. From `tsaccounts exec`; its --no-hooks leaves this out.
        'use strict'
        const [major, minor] = process.versions.node.split('.').map(Number)
        const url = process.env.TSACCOUNTS_EXEC_PROXY
        // Newer versions do this by themselves (NODE_USE_ENV_PROXY).
        if (url && url === process.env.HTTPS_PROXY && major < 24 && !(major === 22 && minor >= 21)) {
          const [http, https, net, tls] = [require('http'), require('https'), require('net'), require('tls')]
          const proxy = new URL(url)
          const password = Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')
          const when = (event, socket, done) => {
            socket.once('error', done).once(event, () => { socket.off('error', done); done(null, socket) })
          }
          const open = (options, done) => {
            const host = options.hostname || options.host
            const path = `${host.includes(':') ? `[${host}]` : host}:${options.port || 443}`
            const servername = options.servername || (net.isIP(host) ? '' : host)
            http.request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path, agent: false,
              headers: { Host: path, 'Proxy-Authorization': `Basic ${password}` } })
              .once('error', done)
              .once('connect', (answer, socket) => answer.statusCode === 200
                ? when('secureConnect', tls.connect({ ...options, socket, host, servername }), done)
                : (socket.destroy(), done(new Error(`The proxy answered CONNECT ${path} with ${answer.statusCode}.`))))
              .end()
          }
          class ProxyAgent extends https.Agent {
            createConnection(options, done) { open(options, done) }
          }
          https.globalAgent = new ProxyAgent({ keepAlive: true, timeout: 5000 })
          const [key, original] = [Symbol.for('undici.globalDispatcher.1'), globalThis.fetch]
          let isReady = !original
          const prepare = () => {
            isReady = true
            new Response() // Loads the library behind fetch.
            const direct = globalThis[key]
            if (!direct || direct.constructor.name !== 'Agent') return
            const connect = (options, done) => options.protocol === 'https:' ? open(options, done)
              : when('connect', net.connect({ host: options.hostname, port: options.port || 80 }), done)
            globalThis[key] = new direct.constructor({ connect })
          }
          if (original) globalThis.fetch = function fetch(...call) {
            if (!isReady) prepare()
            return original.apply(this, call)
          }
        }

        """
}
