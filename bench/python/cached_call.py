"""What a cached `get_token()` costs, beside others; prints JSON.

    python bench/python/cached_call.py [--short]

The calls are measured in turn, round by round, so that whatever else the machine does
hits them alike; each figure is the median of the rounds, in nanoseconds a call.
"""

import json
import sys
import timeit
from pathlib import Path
from statistics import median

from cached_call_peers import (
    LIFETIME,
    TITLES,
    TOKEN,
    azure_identity,
    bare_read,
    cognite_sdk,
    msal_python,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "kernel"))

from cdf_auth import get_token
from cdf_auth._cache import Held
from cdf_auth._clock import SystemClock
from cdf_auth._install import SLOT
from cdf_auth._token import Token

#: How many rounds, and the nanoseconds that a measurement should take at least.
FULL = 25, 20_000_000
SHORT = 1, 1_000_000


def ours():
    """Fill the slot that notebook code's `get_token` reads."""
    SLOT.held = Held(Token(TOKEN), LIFETIME, LIFETIME, SystemClock())
    return get_token


def check(calls):
    """Raise AssertionError unless each call gives the token that is at hand."""
    for name, call in calls.items():
        # The SDK's own provider gives a whole header.
        assert TOKEN in str(call()), f"{name} gives another token."


def measure(calls, count, share):
    """Give nanoseconds a call, by name: the median of `count` rounds."""
    check(calls)
    timers = {}
    for name, call in calls.items():
        timer = timeit.Timer("call()", globals={"call": call})
        number, seconds = timer.autorange()
        timers[name] = timer, max(1, int(share / (seconds / number * 1e9)))
    rounds = {name: [] for name in calls}
    for _ in range(count):
        for name, (timer, number) in timers.items():
            rounds[name].append(timer.timeit(number) / number * 1e9)
    # None of them has run out or been renewed meanwhile.
    check(calls)
    return {name: round(median(values), 1) for name, values in rounds.items()}


def main(size):
    """Measure and print."""
    with cognite_sdk() as of_the_sdk:
        cost = measure(
            {
                "ours": ours(),
                "bare-read": bare_read,
                "msal-python": msal_python(),
                "azure-identity": azure_identity(),
                "cognite-sdk": of_the_sdk,
            },
            *size,
        )
    rows = [
        {
            "name": f"cached-call/{name}",
            "unit": "ns",
            "ours": cost["ours"],
            "reference": cost[name],
            "reference_name": title,
        }
        for name, title in TITLES.items()
    ]
    sys.stdout.write(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main(SHORT if "--short" in sys.argv else FULL)
