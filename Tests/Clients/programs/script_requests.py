"""A script with requests that refreshes its token and then asks for accounts, as many of them do."""

import json
import os

import requests

form = {"grant_type": "refresh_token", "client_id": os.environ["CLIENT_ID"], "client_secret": "made-up-secret",
        "refresh_token": "made-up-refresh-token"}
reply = requests.post("https://signin.tradestation.com/oauth/token", data=form, timeout=60)
reply.raise_for_status()
answer = requests.get("https://sim-api.tradestation.com/v3/brokerage/accounts", timeout=60,
                      headers={"Authorization": "Bearer " + reply.json()["access_token"]})
answer.raise_for_status()
print(json.dumps({"accounts": [account["AccountID"] for account in answer.json()["Accounts"]]}))
