"""A browser's tab that holds a session and answers a kernel, over ZMQ."""

import asyncio
from contextlib import suppress
from itertools import count
from queue import Empty
from uuid import uuid4

from support.patience import LIMIT
from support.session_client import context_of

SESSION = "5e1f2c9a-tab"


class TabHolder:
    """Gives "tab-1", "tab-2" … for every question about its session."""

    def __init__(self, kernel, connection, account):
        self._client = kernel.manager.client()
        # By default a manager's clients share an identity, and so the replies.
        self._client.session = kernel.manager.session.clone()
        self._client.session.session = uuid4().hex
        self._connection = connection
        self._account = account
        self._numbers = count(1)
        self.asked = []
        self._more = asyncio.Event()
        #: What the agent acknowledged last.
        self.found = None

    async def open(self, bootstrap):
        """Bring the agent, tell what is selected, and answer from then on."""
        self._client.start_channels(shell=True, iopub=True, stdin=False, hb=False)
        await self._client.wait_for_ready(timeout=LIMIT)
        await self._client.execute_interactive(bootstrap, silent=True, timeout=LIMIT)
        await self.greet()
        told = self.context_of("2020-01-01", account=self._account)
        await self.say("context", session=SESSION, **told)
        self._answering = asyncio.ensure_future(self._answer())

    def context_of(self, day, *, account="carol@contoso.test"):
        """Give the fields of a context that was chosen on that day."""
        told = context_of(self._connection, project="plant-north")
        return {
            **{key: value for key, value in told.items() if key != "baseUrl"},
            "base_url": told["baseUrl"],
            "since": f"{day}T00:00:00.000Z",
            "account": account,
            "settled": True,
        }

    async def greet(self):
        self.found = await self.say("hello", holder="tab")
        return self.found

    async def say(self, op, **fields):
        """Send on control; give the agent's acknowledgement."""
        instance = {"instance": self.found["instance"]} if self.found else {}
        content = {"cdf_auth": {"v": 1, "op": op, **instance, **fields}}
        request = self._client.session.msg("comm_info_request", content)
        self._client.control_channel.send(request)
        while True:
            reply = await self._client.control_channel.get_msg(timeout=LIMIT)
            if reply["parent_header"]["msg_id"] == request["header"]["msg_id"]:
                return reply["content"]["cdf_auth"]

    async def wait_for_questions(self, number):
        """Wait until it has answered so many; what goes wrong meanwhile is raised."""
        while len(self.asked) < number:
            self._more.clear()
            more = asyncio.ensure_future(self._more.wait())
            done, _ = await asyncio.wait(
                [more, self._answering], timeout=LIMIT, return_when="FIRST_COMPLETED"
            )
            assert done, "No question came."
            if self._answering in done:
                self._answering.result()

    async def close(self):
        """Close the tab: nobody answers for its session any more."""
        self._answering.cancel()
        with suppress(asyncio.CancelledError):
            await self._answering
        self._client.stop_channels()

    async def _answer(self):
        answered = set()
        while True:
            try:
                message = await self._client.iopub_channel.get_msg(timeout=1)
            except Empty:
                continue
            if message["content"].get("comm_id") != "cdf-auth":
                continue
            question = message["content"]["data"]
            if question["session"] != SESSION or question["id"] in answered:
                continue
            answered.add(question["id"])
            self.asked.append(question)
            self._more.set()
            await self.say(
                "token",
                id=question["id"],
                session=SESSION,
                scopes=question["scopes"],
                token=f"tab-{next(self._numbers)}",
                expires_in=4,
                lifetime=4,
                sent=question["sent"],
            )
