"""A script with nothing but Python's library. It verifies certificates by the rules of Python 3.13."""

import json
import os
import ssl
import urllib.parse
import urllib.request

context = ssl.create_default_context()
context.verify_flags |= ssl.VERIFY_X509_STRICT
opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
form = {"grant_type": "refresh_token", "client_id": os.environ["CLIENT_ID"], "client_secret": "made-up-secret",
        "refresh_token": "made-up-refresh-token"}
with opener.open("https://signin.tradestation.com/oauth/token", urllib.parse.urlencode(form).encode()) as reply:
    token = json.load(reply)["access_token"]
request = urllib.request.Request("https://sim-api.tradestation.com/v3/brokerage/accounts")
request.add_header("Authorization", "Bearer " + token)
with opener.open(request) as answer:
    print(json.dumps({"accounts": [account["AccountID"] for account in json.load(answer)["Accounts"]]}))
