"""Answers in unusual forms: compressed, or with another lifetime. Each costs one exchange and no sign-in.

The checker compares the saved end of each token with the server's.
"""

import gzip
import json
import time
import zlib
from typing import Any, Callable

from bench import Bench
from failure import equal
from stage import Settings

LIFE = 300

Rewrite = Callable[[bytes], tuple[bytes, list[str]]]


def run(bench: Bench) -> str:
    with bench.stage("answers", Settings(rotate=True, access_token_seconds=LIFE)) as stage:
        proxy = stage.proxy()
        stage.add("p", proxy)
        for name, rewrite in REWRITES.items():
            stage.age("p")
            before = stage.refreshes
            proxy.arm("rewritten", lambda reply: _rewritten(reply, rewrite))
            stage.token("p").wait().must(0, name)
            equal(stage.refreshes - before, 1, "exchanges, " + name)
        stage.age("p")
        stage.token("p").wait().must(0, "after unusual answers")
    return "%d forms, each with one exchange" % len(REWRITES)


def _deflated(body: bytes) -> bytes:
    """RFC 1951, without a header."""
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(body) + compressor.flush()


def _coded(coding: str, compress: Callable[[bytes], bytes]) -> Rewrite:
    return lambda body: (compress(body), ["Content-Encoding: " + coding] if coding else [])


def _changed(change: Callable[[dict[str, Any]], object]) -> Rewrite:
    def rewrite(body: bytes) -> tuple[bytes, list[str]]:
        members = json.loads(body)
        change(members)
        return json.dumps(members).encode(), []
    return rewrite


REWRITES: dict[str, Rewrite] = {
    "gzip": _coded("gzip", gzip.compress),
    "gzip without a header": _coded("", gzip.compress),
    "deflate": _coded("deflate", zlib.compress),
    "deflate without a header": _coded("deflate", _deflated),
    "no expires_in": _changed(lambda members: members.pop("expires_in")),
    "a null expires_in": _changed(lambda members: members.update(expires_in=None)),
    "a longer expires_in than exp": _changed(lambda members: members.update(expires_in=86_400)),
    "expires_in in seconds since 1970": _changed(lambda members: members.update(expires_in=int(time.time()) + LIFE)),
    "expires_in in milliseconds since 1970": _changed(
        lambda members: members.update(expires_in=(int(time.time()) + LIFE) * 1000)),
}


def _rewritten(reply: bytes, rewrite: Rewrite) -> bytes:
    head, _, body = reply.partition(b"\r\n\r\n")
    new, fields = rewrite(body)
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:")]
    lines += [b"Content-Length: %d" % len(new)] + [field.encode() for field in fields]
    return b"\r\n".join(lines) + b"\r\n\r\n" + new
