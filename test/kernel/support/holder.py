"""A fake of the one thing that these tests leave out: the holder of a session."""

import threading
from contextlib import suppress
from itertools import count
from queue import Empty
from time import monotonic

from support.real_kernel import LIMIT

TARGET = "cdf-auth"
SCOPES = ["https://westeurope-1.cognitedata.com/.default"]


class Holder:
    """Sits on a kernel's control channel and iopub, with a client of its own."""

    def __init__(self, kernel, *, session="s-1", lifetime=3600):
        self.session = session
        self.lifetime = lifetime
        self.expires_in = None
        self.instance = None
        #: Every question, as sent (again and again), and the ids that were answered.
        self.questions = []
        self.seen = []
        #: Gives the operation that answers a question, `None` for silence.
        self.policy = self.give_token
        self._numbers = count(1)
        self._answered = set()
        self._changed = threading.Condition()
        self._client = kernel.connect()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._awake = threading.Event()
        self._awake.set()
        self._wait_until_it_hears(kernel)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def close(self):
        self._stop.set()
        self.wake()
        self._listener.join()
        self._client.stop_channels()

    def _wait_until_it_hears(self, kernel):
        """Ask for anything until something comes: a SUB socket misses what is early."""
        deadline = monotonic() + LIMIT
        while monotonic() < deadline:
            self._client.kernel_info()
            try:
                self._client.get_iopub_msg(timeout=1)
            except Empty:
                kernel.wake()
            else:
                return
        raise AssertionError("Nothing came on iopub.")

    def sleep(self):
        """Hear nothing until it is woken; what comes meanwhile is read then."""
        self._awake.clear()

    def wake(self):
        self._awake.set()

    # What it says.

    def send(self, message):
        """Send on control; give the reply's content."""
        content = {} if message is None else {"cdf_auth": message}
        return self.request("comm_info_request", content)

    def request(self, kind, content):
        """Send any request on control; give the reply's content."""
        with self._lock:
            request = self._client.session.msg(kind, content)
            self._client.control_channel.send(request)
            while True:
                reply = self._client.control_channel.get_msg(timeout=LIMIT)
                if reply["parent_header"]["msg_id"] == request["header"]["msg_id"]:
                    return reply["content"]

    def say(self, op, **fields):
        """Send an operation; give the acknowledgement, `None` without an agent."""
        message = {"v": 1, "op": op, "instance": self.instance, **fields}
        return self.send(message).get("cdf_auth")

    def hello(self):
        acknowledgement = self.send({"v": 1, "op": "hello", "holder": "h"}).get(
            "cdf_auth"
        )
        if acknowledgement:
            self.instance = acknowledgement["instance"]
        return acknowledgement

    def select(
        self,
        project="plant-north",
        *,
        since="2020-01-01T00:00:00.000Z",
        settled=True,
        **more,
    ):
        fields = {
            "session": self.session,
            "connection": "Contoso",
            "cluster": "westeurope-1",
            "project": project,
            "base_url": "https://westeurope-1.cognitedata.com",
            "account": "alice@contoso.test",
            "scopes": SCOPES,
            "since": since,
            "settled": settled,
        }
        return self.say("context", **{**fields, **more})

    def attach(self):
        """Greet an installed agent and tell it what is selected."""
        assert self.hello(), "There is no agent."
        assert self.select()["ok"]

    def deliver(self, *, id_=None, session=None, scopes=None, token=None, sent=None):
        """Deliver; what nobody has asked for, as of a greeting."""
        return self.say(
            "token",
            id=id_,
            session=session or self.session,
            scopes=scopes or SCOPES,
            token=token or self.new_token(),
            expires_in=self.expires_in or self.lifetime,
            lifetime=self.lifetime,
            sent=self.hello()["now"] if sent is None else sent,
        )

    def new_token(self):
        return f"eyJhbGciOiJub25lIn0.secret-{next(self._numbers)}.c2lnbmF0dXJl"

    # How it answers.

    def give_token(self, question):
        reply = self.deliver(
            id_=question["id"],
            session=question["session"],
            scopes=question["scopes"],
            sent=question["sent"],
        )
        if reply and not reply["ok"]:
            # It comes again, and is to be answered then.
            self._answered.discard(question["id"])
        return reply

    def be_silent(self, question):
        """Answer nothing, so that the question comes again."""
        self._answered.discard(question["id"])

    def wait_for_questions(self, number):
        """Wait until that many messages have asked, repeated ones included."""
        with self._changed:
            assert self._changed.wait_for(
                lambda: len(self.questions) >= number, timeout=LIMIT
            ), f"Only {len(self.questions)} questions came."
            return list(self.questions)

    def wait_until_seen(self, is_it):
        """Wait until a message for which `is_it` says so has come on iopub; give it."""

        def find():
            return next((one for one in self.seen if is_it(one)), None)

        with self._changed:
            found = self._changed.wait_for(find, timeout=LIMIT)
            assert found, "No such message came."
            return found

    def wait_for_output(self, text):
        """Wait until it has seen on iopub that someone's cell has printed `text`."""
        self.wait_until_seen(lambda one: text in one["content"].get("text", ""))

    def wait_for_status(self, status, cell):
        """Wait until the kernel has said that it is `status` for the message `cell`."""
        self.wait_until_seen(
            lambda one: (
                one["content"].get("execution_state") == status
                and one["parent_header"].get("msg_id") == cell
            )
        )

    @property
    def ids(self):
        return {one["id"] for one in self.questions}

    def _listen(self):
        while not self._stop.is_set():
            self._awake.wait()
            with suppress(Empty):
                message = self._client.get_iopub_msg(timeout=0.2)
                with self._changed:
                    self.seen.append(message)
                    self._changed.notify_all()
                question = self.question_in(message)
                if question is not None:
                    self._on_question(question)

    def question_in(self, message):
        """Give the question that an iopub message holds, if it holds one."""
        content = message["content"]
        return content["data"] if content.get("comm_id") == TARGET else None

    def _on_question(self, question):
        with self._changed:
            self.questions.append(question)
            self._changed.notify_all()
        if question["id"] not in self._answered:
            self._answered.add(question["id"])
            self.policy(question)
