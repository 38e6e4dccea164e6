"""The package `tradestation`, used as its documentation shows, without asyncio."""

import json
import os

from tradestation import Session

session = Session(os.environ["CLIENT_ID"], "made-up-secret", "made-up-refresh-token", is_test=True)
session.refresh()
accounts = session._get("/brokerage/accounts")
print(json.dumps({"accounts": [account["AccountID"] for account in accounts["Accounts"]],
                  "user": session.user_info["sub"]}))
