"""What a cached `get_token()` costs, beside others; prints JSON.

    python test/kernel/bench_cached_call.py

Needs msal. Nothing leaves the machine: msal's cache is filled with a made-up account.
The calls are measured in turn, round by round, so that whatever else the machine does
hits them alike; each figure is the median of the rounds, in nanoseconds a call.
"""

import json
import sys
import timeit
from pathlib import Path
from statistics import median
from time import monotonic

import msal

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kernel"))

from cdf_auth import get_token
from cdf_auth._cache import Held
from cdf_auth._clock import SystemClock
from cdf_auth._install import SLOT
from cdf_auth._token import Token

ROUNDS = 25
#: Nanoseconds that one measurement should take at least: 20 ms.
SHARE = 20_000_000

LIFETIME = 3600
#: As long as Entra ID's usually are.
TOKEN = "t" * 1500
AUTHORITY = "https://login.microsoftonline.com/contoso.test"
CLIENT = "00000000-0000-0000-0000-000000000000"
SCOPE = "https://westeurope-1.cognitedata.com/.default"


def ours():
    """Fill the slot that notebook code's `get_token` reads."""
    SLOT.held = Held(Token(TOKEN), LIFETIME, LIFETIME, SystemClock())
    return get_token


class Bare:
    """The least that a cache can be: a value and one deadline."""

    __slots__ = ("deadline", "value")


BARE = Bare()
BARE.value = TOKEN
BARE.deadline = monotonic() + LIFETIME


def bare_read():
    """Read a global object and one clock."""
    if monotonic() < BARE.deadline:
        return BARE.value
    return None


class Offline:
    """The one answer that msal asks for before it looks into its cache."""

    status_code = 200
    headers = {}  # noqa: RUF012 - of a response, not of a class
    text = json.dumps(
        {
            "issuer": f"{AUTHORITY}/v2.0",
            "authorization_endpoint": f"{AUTHORITY}/oauth2/v2.0/authorize",
            "token_endpoint": f"{AUTHORITY}/oauth2/v2.0/token",
        }
    )

    def get(self, *_args, **_more):
        return self

    def post(self, *_args, **_more):
        raise AssertionError("The cached token wasn't used.")

    def raise_for_status(self):
        """Accept the answer."""

    def close(self):
        """Have nothing to close."""


def msal_python():
    """Give the call that people write around msal themselves."""
    cache = msal.TokenCache()
    application = msal.PublicClientApplication(
        CLIENT,
        authority=AUTHORITY,
        instance_discovery=False,
        token_cache=cache,
        http_client=Offline(),
    )
    cache.add(
        {
            "client_id": CLIENT,
            "scope": [SCOPE],
            "token_endpoint": f"{AUTHORITY}/oauth2/v2.0/token",
            "response": {
                "access_token": TOKEN,
                "refresh_token": "r",
                "expires_in": LIFETIME,
                "id_token_claims": {"sub": "alice", "oid": "o", "tid": "t"},
                "client_info": "eyJ1aWQiOiJ1IiwidXRpZCI6InQifQ",
            },
        }
    )

    def call():
        # The account is looked up for each call, as in msal's own samples.
        account = application.get_accounts()[0]
        return application.acquire_token_silent([SCOPE], account)["access_token"]

    return call


def main():
    """Measure and print."""
    calls = {"ours": ours(), "bare-read": bare_read, "msal-python": msal_python()}
    timers = {}
    for name, call in calls.items():
        if call() != TOKEN:
            raise SystemExit(f"{name} gives another token.")
        timer = timeit.Timer("call()", globals={"call": call})
        number, seconds = timer.autorange()
        timers[name] = timer, max(1, int(SHARE / (seconds / number * 1e9)))
    rounds = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, (timer, number) in timers.items():
            rounds[name].append(timer.timeit(number) / number * 1e9)
    cost = {name: round(median(values), 1) for name, values in rounds.items()}
    rows = [
        {
            "name": f"cached-call/{name}",
            "unit": "ns",
            "ours": cost["ours"],
            "reference": cost[name],
            "reference_name": title,
            "ratio": round(cost["ours"] / cost[name], 4),
        }
        for name, title in (
            ("bare-read", "reading a global and a clock"),
            ("msal-python", f"msal {msal.__version__} acquire_token_silent, cached"),
        )
    ]
    sys.stdout.write(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
