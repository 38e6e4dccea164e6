"""Replies are lost after the server has processed the request. The key rotates with an overlap of 30 s."""

from concurrent.futures import ThreadPoolExecutor

from bench import Bench
from failure import check, equal
from proxy import Proxy
from stage import Settings, Stage

AT_ONCE = 20
MOST_REQUESTS = 3
SECONDS = {"close": 10, "silence": 20}

# What the emulator does to one exchange, before or after its own commit.
FAULTS = [
    {"when": "before", "do": "close"},
    {"when": "after", "do": "close"},
    {"when": "after", "do": "truncate"},
    {"when": "after", "do": "respond", "status": 200, "body": ""},
    {"when": "after", "do": "respond", "status": 200, "body": "<html>"},
    {"when": "after", "do": "respond", "status": 200, "body": '{"access_token":"abc'},
]


def run(bench: Bench) -> str:
    figures = []
    with bench.stage("replies", Settings(rotate=True, overlap=30)) as stage:
        proxies = {"p%d" % number: stage.proxy() for number in range(AT_ONCE)}
        for name, proxy in proxies.items():
            stage.add(name, proxy)
        for loss, seconds in SECONDS.items():
            wanted = 100 if bench.long else {"close": 20, "silence": 10}[loss]
            slowest, most = 0.0, 0
            for batch in range(0, wanted, AT_ONCE):
                some = dict(list(proxies.items())[:wanted - batch])
                for took, requests in _lose(stage, some, loss):
                    check(requests <= MOST_REQUESTS, "%d requests after a %s" % (requests, loss))
                    check(took < seconds, "%.1f s after a %s" % (took, loss))
                    slowest, most = max(slowest, took), max(most, requests)
            figures.append("%d of %d recovered from %s, at most %d requests, %.1f s" % (
                wanted, wanted, loss, most, slowest))
        figures.append("%d scripted faults passed" % _faults(stage, "p0"))
        equal(stage.control("counts")["refused"], 0, "refusals")
    return "; ".join(figures)


def _lose(stage: Stage, proxies: dict[str, Proxy], loss: str) -> list[tuple[float, int]]:
    """Loses the first reply of every login. Returns the seconds and requests until each program has a token."""
    stage.age(*proxies)
    before = {name: proxy.forwarded for name, proxy in proxies.items()}
    row = stage.last_row()
    for proxy in proxies.values():
        proxy.arm(loss)
    with ThreadPoolExecutor(len(proxies)) as pool:
        programs = list(pool.map(stage.token, proxies))
    for name, program in zip(proxies, programs):
        program.wait().must(0, "%s after a %s" % (name, loss))
        equal(stage.events(name, row), ["refresh_started", "outcome_unknown", "refresh_started", "refresh_succeeded"],
              "the audit after a %s" % loss)
    return [(program.seconds, proxies[name].forwarded - before[name]) for name, program in zip(proxies, programs)]


def _faults(stage: Stage, name: str) -> int:
    """Applies each fault once. The token must be presented exactly once more."""
    for fault in FAULTS:
        before = stage.refreshes
        stage.age(name)
        stage.control("faults", {"faults": [dict(fault, at="token")]})
        stage.token(name).wait().must(0, "after %s" % fault)
        equal(stage.refreshes - before, 2, "requests after %s" % fault)
    return len(FAULTS)
