"""Twenty logins under `serve`, which is killed again and again, while the rows of one profile are edited at random: the
other nineteen are never without a living token."""

import random
import signal
import threading
import time

from bench import Bench
from checking.clock import milliseconds
from failure import check, equal
from program import Program
from stage import Settings, Stage

LOGINS = 20
TOKEN_SECONDS = 12
KILL_EVERY = 7.0
VICTIM = "victim"

OTHER_TIME = "2031-02-03T04:05:06.789Z"
NO_TIME = "x" * 24

# Statements for one login (l), its API key (k) and its profile (p). What a user can do in the sqlite3 shell.
EDITS = [
    "UPDATE profile SET mac = zeroblob(32) WHERE id = :p", "UPDATE profile SET environment = 'live' WHERE id = :p",
    "UPDATE profile SET read_only = 1 - read_only WHERE id = :p",
    "UPDATE profile SET version = version + 1 WHERE id = :p",
    "UPDATE profile SET created_at = '%s' WHERE id = :p" % NO_TIME, "UPDATE profile SET login_id = 1 WHERE id = :p",
    "UPDATE login SET state = 'broken' WHERE id = :l", "UPDATE login SET state = 'held' WHERE id = :l",
    "UPDATE login SET generation = generation + 1 WHERE id = :l", "UPDATE login SET subject = 'x' WHERE id = :l",
    "UPDATE login SET subject = NULL WHERE id = :l", "UPDATE login SET created_at = '%s' WHERE id = :l" % NO_TIME,
    "UPDATE login SET access_expires_at = '%s' WHERE id = :l" % OTHER_TIME,
    "UPDATE login SET access_expires_at = '%s' WHERE id = :l" % NO_TIME,
    "UPDATE login SET access_lifetime_s = 86400 WHERE id = :l",
    "UPDATE login SET not_before = '%s' WHERE id = :l" % NO_TIME,
    "UPDATE login SET signed_in_at = '%s' WHERE id = :l" % NO_TIME, "UPDATE login SET rolled_back = 1 WHERE id = :l",
    "UPDATE login SET api_key_id = 1 WHERE id = :l", "UPDATE login SET scopes = 'openid' WHERE id = :l",
    "DELETE FROM login WHERE id = :l",
    "UPDATE api_key SET mac = zeroblob(32) WHERE id = :k", "UPDATE api_key SET pkce = 1 - pkce WHERE id = :k",
    "UPDATE api_key SET state = 'broken' WHERE id = :k", "UPDATE api_key SET not_before = '%s' WHERE id = :k" % NO_TIME,
    "UPDATE api_key SET version = 0 WHERE id = :k", "DELETE FROM api_key WHERE id = :k",
    "DELETE FROM secret WHERE login_id = :l", "DELETE FROM secret WHERE api_key_id = :k",
    "UPDATE secret SET sealed = zeroblob(99) WHERE login_id = :l",
    "UPDATE secret SET sealed = zeroblob(99) WHERE login_id = :l AND kind = 'access_token'",
    "UPDATE secret SET sealed = zeroblob(99) WHERE api_key_id = :k",
    "UPDATE secret SET key_id = 'another' WHERE login_id = :l", "UPDATE secret SET generation = 7 WHERE login_id = :l",
]


def run(bench: Bench) -> str:
    seconds = bench.damage_seconds or (600 if bench.long else 30)
    with bench.stage("damage", Settings(rotate=True, overlap=60, access_token_seconds=TOKEN_SECONDS)) as stage:
        names = ["p%d" % number for number in range(LOGINS - 1)]
        for number, name in enumerate(names):
            stage.add(name, user=number % 2)
        # Its API key is another row, because its token endpoint differs.
        proxy = stage.proxy()
        stage.add(VICTIM, proxy)
        end = time.monotonic() + seconds
        troubles: list[str] = []
        served = [0]
        kills = [0]

        def keep_serving() -> None:
            chance = random.Random(1)
            while time.monotonic() < end:
                serving = stage.start("serve", "-q")
                wait(serving, min(end, time.monotonic() + KILL_EVERY * (0.5 + chance.random())))
                if serving.is_over:
                    troubles.append("serve ended: %s" % (serving.wait(),))
                    return
                kills[0] += 1
                serving.signal(signal.SIGKILL)
                serving.wait()

        def ask(slot: int) -> None:
            chance = random.Random(100 + slot)
            while time.monotonic() < end and not troubles:
                name = chance.choice(names)
                asked = time.time() * 1000
                ended = stage.token(name).wait()
                if ended.status != 0:
                    troubles.append("%s got exit %d: %s" % (name, ended.status, ended.errors.strip()))
                elif milliseconds(ended.json["expires_at"]) < asked:
                    troubles.append("%s got a token that had ended at %s" % (name, ended.json["expires_at"]))
                served[0] += 1
                time.sleep(0.2)

        threads = [threading.Thread(target=keep_serving)]
        threads += [threading.Thread(target=ask, args=(slot,)) for slot in range(4)]
        for thread in threads:
            thread.start()
        chance = random.Random(0)
        edits = 0
        while time.monotonic() < end and not troubles:
            edit = chance.choice(EDITS)
            damage(stage, edit)
            edits += 1
            time.sleep(chance.random())
            listed = stage.run("list", "--json")
            check(listed.status in (0, 65), "list after %s: exit %d: %s" % (edit, listed.status, listed.errors.strip()))
            states = {profile["name"]: profile["state"] for profile in listed.json["profiles"]}
            damaged = [name for name in names if states.get(name) not in ("ready", "refreshing", "degraded")]
            check(not damaged, "%s after %s" % (damaged, edit))
            is_damaged = states.get(VICTIM) == "damaged"
            check(is_damaged == (listed.status == 65), "exit %d, %s after %s" % (listed.status, states, edit))
            if chance.random() < 0.3:
                stage.run("remove", VICTIM, "--yes").must(0, "remove after " + edit)
                stage.add(VICTIM, proxy)
        for thread in threads:
            thread.join()
        check(not troubles, "; ".join(troubles[:3]))
        everything = stage.run("refresh", "--all", "--json")
        check(everything.status in (0, 65, 77), "refresh --all: exit %d" % everything.status)
        for name in names:
            stage.token(name).wait().must(0, "%s at the end" % name)
        lost = "SELECT count(*) AS n FROM audit WHERE event = 'needs_login' AND profile_name <> ?"
        equal(stage.rows(lost, VICTIM)[0]["n"], 0, "other logins lost")
        stage.run("remove", VICTIM, "--yes").must(0, "remove at the end")
        stage.run("audit", "verify").must(0, "audit verify")
    return "%d s: %d edits of one profile, %d kills of serve, %d tokens for the others, none without one" % (
        seconds, edits, kills[0], served[0])


def damage(stage: Stage, edit: str) -> None:
    """Edits rows of the victim, under the store lock."""
    with stage.edited() as database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        row = database.execute("SELECT id, login_id FROM profile WHERE name = ?", (VICTIM,)).fetchone()
        if row is None:
            return
        login = stage.logins[VICTIM]
        key = database.execute("SELECT api_key_id FROM login WHERE id = ?", (login,)).fetchone()
        # Never the row that the other logins use.
        if ":k" in edit and (key is None or key[0] == 1):
            return
        database.execute(edit, {name: value for name, value in
                                (("p", row[0]), ("l", login), ("k", key and key[0])) if ":" + name in edit})


def wait(program: Program, end: float) -> None:
    """Waits for the end of a program, but not longer than until a time."""
    while not program.is_over and time.monotonic() < end:
        time.sleep(0.05)
