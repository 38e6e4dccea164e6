"""The package `tradestation` with its AutoRefreshSession, which refreshes by itself, over several token lifetimes."""

import asyncio
import json
import os
import time

from tradestation import AutoRefreshSession


async def main() -> None:
    end = time.monotonic() + float(os.environ["SECONDS_TO_RUN"])
    tokens = set()
    async with AutoRefreshSession(os.environ["CLIENT_ID"], "made-up-secret", "made-up-refresh-token",
                                  is_test=True) as session:
        while True:
            accounts = await session._a_get("/brokerage/accounts")
            tokens.add(session.access_token)
            if time.monotonic() > end:
                break
            await asyncio.sleep(0.2)
    print(json.dumps({"accounts": [account["AccountID"] for account in accounts["Accounts"]], "tokens": len(tokens)}))


asyncio.run(main())
