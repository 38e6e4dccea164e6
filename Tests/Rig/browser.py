"""Signs in at the emulator's sign-in page, as a user with a browser would."""

import html
import re
import urllib.error
import urllib.parse
import urllib.request
from typing import Optional

from failure import check


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:  # type: ignore[override]
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def sign_in(url: str, username: str, password: str) -> str:
    """Fills in the form at the URL. Returns the address of the redirect, with the code."""
    with _opener.open(url, timeout=30) as answer:
        page = answer.read().decode()
    hidden = re.search(r'name="transaction" value="([^"]+)"', page)
    check(hidden, "the sign-in page has no form")
    assert hidden
    fields = {"transaction": html.unescape(hidden.group(1)), "username": username, "password": password,
              "action": "sign_in"}
    location = _post(urllib.parse.urljoin(url, "/authorize"), urllib.parse.urlencode(fields).encode())
    check(location, "the sign-in was not accepted")
    assert location
    return location


def _post(url: str, body: bytes) -> Optional[str]:
    try:
        with _opener.open(urllib.request.Request(url, body), timeout=30):
            return None
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.headers.get("Location")
