"""The package `tradestation-api-python`. It uses aiohttp, which ignores HTTPS_PROXY by itself."""

import asyncio
import json
import os

from tradestation import TradeStationClient


async def main() -> None:
    client = TradeStationClient({"client_id": os.environ["CLIENT_ID"], "client_secret": "made-up-secret"},
                                refresh_token="made-up-refresh-token", environment="Simulation")
    try:
        accounts = await client.brokerage.get_accounts()
    finally:
        await client.close()
    print(json.dumps({"accounts": [account.AccountID for account in accounts]}))


asyncio.run(main())
