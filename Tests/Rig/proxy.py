"""A TCP proxy between program and sign-in server. It holds an exchange at a named place, or loses its reply."""

import contextlib
import socket
import threading
from typing import Optional

from failure import check

POINTS = ("request_half_written", "request_written", "server_processed_reply_unread", "reply_half_read")
LOSSES = ("close", "silence")
PATIENCE = 120.0


class Hold:
    """One exchange that is to be held, or whose reply is to be lost."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._reached = threading.Event()
        self._released = threading.Event()
        self._cuts = False

    def wait(self) -> None:
        """Waits until the exchange has got there."""
        check(self._reached.wait(PATIENCE), "no exchange came to %s" % self.place)

    def release(self, cuts: bool = False) -> None:
        """Lets the exchange go on, or cuts its connection."""
        self._cuts = cuts
        self._released.set()

    def reach(self) -> None:
        """Waits at the place until the driver lets go."""
        self._reached.set()
        if not self._released.wait(PATIENCE) or self._cuts:
            raise ConnectionAbortedError


class Proxy:
    """Forwards to an upstream URL's host and port; counts the requests that it forwarded whole."""

    def __init__(self, upstream: str) -> None:
        scheme, _, rest = upstream.partition("://")
        authority, _, path = rest.partition("/")
        host, _, port = authority.rpartition(":")
        self._upstream = (host, int(port))
        self._lock = threading.Lock()
        self._armed: list[Hold] = []
        self._forwarded = 0
        self._listener = self._listen(0)
        self._port = self._listener.getsockname()[1]
        self.url = "%s://127.0.0.1:%d/%s" % (scheme, self._port, path)

    @property
    def forwarded(self) -> int:
        with self._lock:
            return self._forwarded

    def arm(self, place: str) -> Hold:
        """The next request is held at that place, or its reply lost that way."""
        assert place in POINTS + LOSSES
        hold = Hold(place)
        with self._lock:
            self._armed.append(hold)
        return hold

    def close(self) -> None:
        """From now on the port is closed."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # closing alone would not end the accept that waits
        self._listener.close()

    def reopen(self) -> None:
        """Listens again, at the same port."""
        self._listener = self._listen(self._port)

    def _listen(self, port: int) -> socket.socket:
        listener = socket.create_server(("127.0.0.1", port), backlog=256)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()
        return listener

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), client:
            with socket.create_connection(self._upstream, timeout=PATIENCE) as server:
                while True:
                    request, is_whole = _message(client)
                    if not is_whole:
                        return
                    with self._lock:
                        hold = self._armed.pop(0) if self._armed else None
                    self._exchange(client, server, request, hold)

    def _exchange(self, client: socket.socket, server: socket.socket, request: bytes, hold: Optional[Hold]) -> None:
        place = hold.place if hold else ""
        if hold and place == "request_half_written":
            half = len(request) // 2
            server.sendall(request[:half])
            hold.reach()
            server.sendall(request[half:])
        else:
            if hold and place == "request_written":
                hold.reach()
            server.sendall(request)
        with self._lock:
            self._forwarded += 1
        reply, is_whole = _message(server)
        if hold and place == "server_processed_reply_unread":
            hold.reach()
        elif hold and place == "reply_half_read":
            half = len(reply) // 2
            client.sendall(reply[:half])
            hold.reach()
            reply = reply[half:]
        elif place == "silence":
            client.recv(1)  # until the program has had enough
            raise ConnectionAbortedError
        elif place == "close":
            raise ConnectionAbortedError
        client.sendall(reply)
        if not is_whole:
            raise ConnectionAbortedError  # as the server did


def _message(connection: socket.socket) -> tuple[bytes, bool]:
    """One HTTP/1.1 message with a Content-Length, or what came of it before the connection ended; whether it is whole.
    """
    data = b""
    while b"\r\n\r\n" not in data:
        if not (chunk := connection.recv(65536)):
            return data, False
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        if not (chunk := connection.recv(65536)):
            return head + b"\r\n\r\n" + body, False
        body += chunk
    return head + b"\r\n\r\n" + body, True
