"""Rows and databases that are put back from a copy: no older refresh token is sent, and the newest tokens come back
from where the store still has them."""

import os
import shutil

import locks
from bench import Bench
from failure import equal
from stage import Settings, Stage

REFRESHES = 3


def run(bench: Bench) -> str:
    cases = [("rows", False), ("rows", True), ("database", False), ("database", True)]
    for what, keeps_side_file in cases:
        with bench.stage("copies-%s-%s" % (what, keeps_side_file), Settings(rotate=True)) as stage:
            # A database that is put back has lost audit rows, and tokens that are saved once more end their attempt twice.
            stage.is_checked = what == "rows" and not keeps_side_file
            stage.add("p")
            stage.add("other", user=1)
            copy = os.path.join(stage.folder, "copy.db")
            shutil.copyfile(stage.database, copy)
            for _ in range(REFRESHES):
                stage.run("refresh", "p").must(0, "refresh")
            if not keeps_side_file:
                shutil.rmtree(os.path.join(stage.store, "pending"))
            put_back(stage, copy, what)
            # The first write is another login's.
            stage.run("refresh", "other").must(0, "refresh of the other login")
            before = stage.refreshes
            if keeps_side_file:
                stage.token("p").wait().must(0, "token with a side file")
                equal(stage.refreshes, before, "requests for the recovery")
                recovered = "SELECT count(*) AS n FROM audit WHERE event = 'recovered'"
                equal(stage.rows(recovered)[0]["n"], 1, "recovered")
            else:
                refused = stage.run("refresh", "p", "--json").must(77, "refresh of an older copy")
                equal(refused.code, "store_rolled_back", "code")
                held = stage.run("status", "p", "--json").must(77, "status")
                equal(held.json["profiles"][0]["state"], "held", "state")
                equal(stage.refreshes, before, "requests with an older token")
                stage.sign_in("p")
            stage.run("refresh", "p").must(0, "refresh at the end")
            equal(stage.control("counts")["refused"], 0, "refusals")
            equal(stage.control("counts")["logins_lost"], 0, "logins lost")
    return "%d older copies: nothing sent, every login works again" % len(cases)


def put_back(stage: Stage, copy: str, what: str) -> None:
    """Puts back the rows of the first login, or the whole database, under the store lock."""
    if what == "database":
        with locks.held(stage.store_lock):
            shutil.copyfile(copy, stage.database)
        return
    with stage.edited() as database:
        database.execute("ATTACH ? AS copy", (copy,))
        login = stage.logins["p"]
        database.execute("INSERT OR REPLACE INTO login SELECT * FROM copy.login WHERE id = ?", (login,))
        database.execute("DELETE FROM secret WHERE login_id = ?", (login,))
        database.execute("INSERT INTO secret SELECT * FROM copy.secret WHERE login_id = ?", (login,))
