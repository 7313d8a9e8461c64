"""What a server session costs; prints JSON.

    python bench/python/server_sessions.py [--short]

Real kernels, bare peers that run the agent, and the demo's identity provider; the
server's part runs in this process, on the event loop that is probed.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from statistics import median, quantiles

import zmq.asyncio
from peer_process import Peers
from server_parts import Bench, run

# That has put the clone's own package on the path.
from jupyterlab_cdf_auth import protocol
from jupyterlab_cdf_auth.zmq_transport import ZmqTransport

#: Seconds: of the storms' tokens, and after which all of them have expired.
LIFETIME = 3
EXPIRED = LIFETIME + 0.2
#: Seconds between two pulls.
PAUSE = 0.2
#: Longer than any token is good for, so that the kernel has to ask each time (s).
TOO_LONG = 10**6

DIGEST = """
import hashlib
print(hashlib.sha256(str(get_token()).encode()).hexdigest())
"""


@dataclass(frozen=True)
class Size:
    """How much is done."""

    kernels: int
    peers: int
    rounds: int
    pulls: int


FULL = Size(kernels=5, peers=95, rounds=5, pulls=100)
SHORT = Size(kernels=2, peers=5, rounds=1, pulls=3)


async def probe(seconds):
    """Give by how many milliseconds a timer of one millisecond is late, each time."""
    late, end = [], time.perf_counter() + seconds
    while (now := time.perf_counter()) < end:
        await asyncio.sleep(0.001)
        late.append((time.perf_counter() - now - 0.001) * 1000)
    return late


async def storms(size):
    """Give a storm's most requests, and the event loop's delay in and between them."""
    async with Bench.start(LIFETIME) as bench, Peers.start(size.peers) as peers:
        for number, connection in enumerate(peers.connections):
            bench.add_peer(f"peer-{number}", connection)
        clients = await bench.start_kernels(size.kernels)

        async def ask():
            cells = [run(client, DIGEST) for client in clients]
            of_peers, *of_kernels = await asyncio.gather(peers.ask(), *cells)
            return [*of_peers, *of_kernels]

        requests, beside, alone = [], [], []
        await bench.serve(await bench.sign_in())
        tokens = await ask()
        for _ in range(size.rounds):
            alone += await probe(EXPIRED)
            before = await bench.demo.grants("refresh_token")
            probing = asyncio.ensure_future(probe(EXPIRED / 2))
            renewed, late = await asyncio.gather(ask(), probing)
            beside += late
            requests.append(await bench.demo.grants("refresh_token") - before)
            check_storm(tokens, renewed, requests[-1])
            tokens = renewed
    return max(requests), permille(beside), permille(alone)


def check_storm(before, after, requests):
    """Raise AssertionError unless everybody has got a token that is new to it."""
    old = sum(one == other for one, other in zip(before, after, strict=True))
    assert not old, f"{old} of {len(after)} got no new token in a storm."
    different = len(set(after))
    assert different <= requests, (
        f"{different} different tokens were given in a storm, but {requests} requested."
    )


def permille(values):
    return quantiles(values, n=1000)[-1]


def pull(number):
    """Give a cell that pulls so many tokens and prints the milliseconds of each."""
    return f"""
import json, time
took = []
for _ in range({number}):
    time.sleep({PAUSE})
    started = time.perf_counter()
    get_token(min_ttl={TOO_LONG})
    took.append((time.perf_counter() - started) * 1000)
print(json.dumps(took))
"""


async def pulls(size):
    """Give the milliseconds of a pull, and of a bare round trip on control."""
    async with Bench.start(3600) as bench:
        [client] = await bench.start_kernels(1)
        session = await bench.sign_in()
        answered = count_pulls(session)
        await bench.serve(session)
        cell = asyncio.ensure_future(run(client, pull(size.pulls)))
        trips = await round_trips(bench.server.kernel_manager["kernel-0"], cell)
        took = json.loads(await cell)
    assert len(took) == size.pulls <= len(answered), (
        f"Of {size.pulls} pulls {len(took)} ended and {len(answered)} were answered."
    )
    assert len(trips) * 2 >= size.pulls, f"Only {len(trips)} round trips were made."
    return median(took), median(trips)


def count_pulls(session):
    """Give a list that grows with each pull that the session answers."""
    answered = []
    give = session.get_token

    async def get_token(scopes, min_ttl=None):
        token = await give(scopes, min_ttl)
        if min_ttl == TOO_LONG:
            answered.append(token)
        return token

    session.get_token = get_token
    return answered


async def round_trips(manager, cell):
    """Give the milliseconds of each, as many as there is time for until `cell` ends."""
    context = zmq.asyncio.Context()
    transport = ZmqTransport(manager, context)
    transport.reopen()
    took = []
    while not cell.done():
        await asyncio.sleep(PAUSE)
        started = time.perf_counter()
        reply = await transport.send(protocol.hello("bench"), 5)
        took.append((time.perf_counter() - started) * 1000)
        assert reply is not None, "The kernel didn't answer on control within 5 s."
    transport.close()
    context.destroy(linger=0)
    return took


def row(name, unit, ours, reference, reference_name):
    return {
        "name": name,
        "unit": unit,
        "ours": ours,
        "reference": reference,
        "reference_name": reference_name,
    }


async def main(size):
    requests, beside, alone = await storms(size)
    took, trip = await pulls(size)
    rows = [
        row("expiry-storm/idp-requests", "requests", requests, 1, "one for everybody"),
        row("event-loop/p999-milliseconds", "ms", beside, alone, "without a storm"),
        row("server-pull/milliseconds", "ms", took, trip, "control round trip"),
    ]
    sys.stdout.write(json.dumps(rows))


if __name__ == "__main__":
    asyncio.run(main(SHORT if "--short" in sys.argv else FULL))
