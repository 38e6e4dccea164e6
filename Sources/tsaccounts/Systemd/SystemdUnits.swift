/// The units that run `serve` as a service of a user, or of the system.
struct SystemdUnits: Hashable, Sendable {
    /// Whose service it is.
    enum Scope: String, CaseIterable, Sendable {
        case user, system
    }

    let scope: Scope
    /// The path of the program.
    let program: String
    /// The directory of the store; nil means the one that the environment of the service names.
    var store: String?

    /// The files, in the order in which they are printed.
    var files: [SystemdUnit] {
        let directory = scope == .user ? "~/.config/systemd/user" : "/etc/systemd/system"
        let units = [
            SystemdUnit(name: "tsaccounts.service", directory: directory, text: service),
            SystemdUnit(name: "tsaccounts.socket", directory: directory, text: socket),
        ]
        return scope == .user
            ? units : units + [SystemdUnit(name: "tsaccounts.conf", directory: "/etc/sysusers.d", text: account)]
    }

    /// The commands that install the files after they were written.
    var steps: [String] {
        switch scope {
        case .user:
            ["systemctl --user daemon-reload", "systemctl --user enable --now tsaccounts.socket tsaccounts.service"]
        case .system:
            [
                "systemd-sysusers", "systemctl daemon-reload",
                "systemctl enable --now tsaccounts.socket tsaccounts.service",
            ]
        }
    }

    private var service: String {
        """
        [Unit]
        Description=Keep TradeStation sign-ins fresh
        Requires=tsaccounts.socket
        After=tsaccounts.socket\(scope == .system ? " network-online.target\nWants=network-online.target" : "")

        [Service]
        Type=notify
        NotifyAccess=main
        ExecStart=\(Self.quoted(program)) serve\(store.map { " --store \(Self.quoted($0))" } ?? "")
        Restart=on-failure
        RestartSec=5
        # Restarts the service if its loops stop, not only if it ends.
        WatchdogSec=90
        # A refresh that is running is saved, and running hooks get their time.
        TimeoutStopSec=60
        \(scope == .user ? Self.userHardening : Self.systemIdentity + "\n" + Self.systemHardening)

        [Install]
        WantedBy=\(scope == .user ? "default.target" : "multi-user.target")
        Also=tsaccounts.socket

        """
    }

    private var socket: String {
        """
        [Unit]
        Description=Socket of the tsaccounts agent

        [Socket]
        ListenStream=%t/tsaccounts/agent.sock
        SocketMode=0600
        DirectoryMode=\(scope == .user ? "0700" : "0755")
        \(scope == .user ? "" : "SocketUser=tsaccounts\nSocketGroup=tsaccounts\n")RemoveOnStop=yes

        [Install]
        WantedBy=sockets.target

        """
    }

    /// The socket needs a user that exists before the service starts.
    private var account: String {
        """
        u tsaccounts - "TradeStation sign-ins"

        """
    }

    /// The user, the directory and the key of a system service.
    private static let systemIdentity = """
        DynamicUser=yes
        User=tsaccounts
        StateDirectory=tsaccounts
        StateDirectoryMode=0700
        Environment=TSACCOUNTS_HOME=%S/tsaccounts
        # The key, if /etc/credstore/tsaccounts.key exists (32 bytes); else it is in the state directory. With a TPM:
        # systemd-creds encrypt --name=tsaccounts.key KEY /etc/credstore.encrypted/tsaccounts.key
        # and LoadCredentialEncrypted= instead of LoadCredential=.
        LoadCredential=tsaccounts.key:tsaccounts.key
        """

    /// What the manager of a user can restrict without privileges.
    private static let userHardening = """
        UMask=0077
        LimitCORE=0
        NoNewPrivileges=yes
        LockPersonality=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        RestrictNamespaces=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallErrorNumber=EPERM
        """

    private static let systemHardening = """
        UMask=0077
        LimitCORE=0
        NoNewPrivileges=yes
        CapabilityBoundingSet=
        AmbientCapabilities=
        LockPersonality=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        RestrictNamespaces=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged @resources
        SystemCallErrorNumber=EPERM
        MemoryDenyWriteExecute=yes
        ProtectSystem=strict
        ProtectHome=yes
        ProtectClock=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectControlGroups=yes
        ProtectProc=invisible
        PrivateDevices=yes
        PrivateMounts=yes
        PrivateTmp=yes
        RemoveIPC=yes
        """

    /// A path as one word of `ExecStart=`.
    private static func quoted(_ path: String) -> String {
        let doubled = path.replacing("%", with: "%%").replacing("$", with: "$$")
        guard doubled.contains(where: { " \t\"'\\;".contains($0) }) else { return doubled }
        return "\"" + doubled.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
