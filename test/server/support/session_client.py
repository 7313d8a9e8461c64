"""What a page does with the sessions."""

from support.demo_process import approve
from support.patience import until

SINCE = "2020-01-01T00:00:00.000Z"


def context_of(connection, **changes):
    return {
        "connection": connection["label"],
        "cluster": connection["cluster"],
        "project": "plant-south",
        "baseUrl": connection["baseUrl"],
        "scopes": connection["scopes"],
        "since": SINCE,
        **changes,
    }


class Page:
    """The panel of one user."""

    def __init__(self, api, demo, user=None):
        self._api = api
        self._demo = demo
        self._user = user

    async def call(self, method, path="", body=None, status=200):
        code, answer, headers = await self._api(method, path, body, user=self._user)
        assert code == status, answer
        assert headers["Cache-Control"] == "no-store"
        return answer

    async def start(self, **changes):
        connection = self._demo.connection_for(0, **changes)
        return await self.call("POST", "", {"connection": connection}, 201)

    async def ended(self, session, *statuses):
        async def look():
            now = await self.call("GET", session["id"])
            return now["status"] in statuses and now

        return await until(look)

    async def sign_in(self, account="bob@contoso.test", **changes):
        session = await self.start(**changes)
        await approve(session["device"], account)
        return await self.ended(session, "active")

    async def serve(self, session, *kernels, **context):
        connection = session["connection"]
        body = {"kernels": kernels, "context": context_of(connection, **context)}
        return await self.call("PUT", f"{session['id']}/kernels", body)
