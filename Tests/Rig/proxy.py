"""A TCP proxy between a program and the sign-in server. It holds an exchange at a named point, or loses its reply."""

import contextlib
import itertools
import socket
import threading
from collections.abc import Iterator
from typing import Callable, Optional

from failure import check

POINTS = ("request_half_written", "request_written", "server_processed_reply_unread", "reply_half_read")
LOSSES = ("close", "silence")
CHANGES = ("rewritten",)
PATIENCE = 120.0


class Hold:
    """One exchange that is held, or whose reply is lost or changed."""

    def __init__(self, place: str, rewrite: Callable[[bytes], bytes]) -> None:
        self.place = place
        self.rewrite = rewrite
        self._reached = threading.Event()
        self._released = threading.Event()
        self._cuts = False

    def wait(self) -> None:
        """Waits until the exchange has reached the point."""
        check(self._reached.wait(PATIENCE), "no exchange reached %s" % self.place)

    def release(self, cuts: bool = False) -> None:
        """Continues the exchange, or closes its connection."""
        self._cuts = cuts
        self._released.set()

    def reach(self) -> None:
        """Waits at the point until the test releases the exchange."""
        self._reached.set()
        if not self._released.wait(PATIENCE) or self._cuts:
            raise ConnectionAbortedError


class Proxy:
    """Forwards to the host and port of an upstream URL. Counts the requests that it forwarded completely."""

    def __init__(self, upstream: str) -> None:
        scheme, _, rest = upstream.partition("://")
        authority, _, path = rest.partition("/")
        host, _, port = authority.rpartition(":")
        self._upstream = (host, int(port))
        self._lock = threading.Lock()
        self._armed: list[Hold] = []
        self._forwarded = 0
        self._answers: Optional[Iterator[bytes]] = None
        self._answered = 0
        self._listener = self._listen(0)
        self._port = self._listener.getsockname()[1]
        self.url = "%s://127.0.0.1:%d/%s" % (scheme, self._port, path)

    @property
    def forwarded(self) -> int:
        with self._lock:
            return self._forwarded

    def arm(self, place: str, rewrite: Callable[[bytes], bytes] = lambda reply: reply) -> Hold:
        """Holds the next request at a point, or loses or changes its reply."""
        assert place in POINTS + LOSSES + CHANGES
        hold = Hold(place, rewrite)
        with self._lock:
            self._armed.append(hold)
        return hold

    @property
    def answered(self) -> int:
        """How many requests the proxy has answered itself."""
        with self._lock:
            return self._answered

    def answer(self, answers: Optional[list[bytes]]) -> None:
        """Answers every request itself, with these bytes in turn; without answers it forwards again."""
        with self._lock:
            self._answers = itertools.cycle(answers) if answers else None

    def close(self) -> None:
        """Closes the port."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # close() alone would not end a waiting accept()
        self._listener.close()

    def reopen(self) -> None:
        """Listens on the same port again."""
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
                        answer = next(self._answers) if self._answers else None
                        self._answered += answer is not None
                    if answer is not None:
                        client.sendall(answer)
                        return
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
            client.recv(1)  # until the program closes the connection
            raise ConnectionAbortedError
        elif place == "close":
            raise ConnectionAbortedError
        client.sendall(hold.rewrite(reply) if hold else reply)
        if not is_whole:
            raise ConnectionAbortedError  # the server did the same


def _message(connection: socket.socket) -> tuple[bytes, bool]:
    """Reads one HTTP/1.1 message with a Content-Length.

    Returns the bytes that arrived, and whether the message is complete.
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
