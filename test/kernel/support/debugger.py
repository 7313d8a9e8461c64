"""A debugger as a front end has it: the Debug Adapter Protocol over control."""

from itertools import count

from support.real_kernel import LIMIT


class Debugger:
    """Debugs a kernel; `holder` is who hears its events on iopub."""

    def __init__(self, kernel, holder):
        self._kernel = kernel
        self._holder = holder
        self._numbers = count(1)
        self.request("initialize", clientID="test", adapterID="python")
        self.request("attach")

    def request(self, command, **arguments):
        """Send a request and give its answer, successful or not."""
        content = {
            "type": "request",
            "seq": next(self._numbers),
            "command": command,
            "arguments": arguments,
        }
        client = self._kernel.client
        message = client.session.msg("debug_request", content)
        client.control_channel.send(message)
        while True:
            reply = client.control_channel.get_msg(timeout=LIMIT)
            if reply["parent_header"].get("msg_id") == message["header"]["msg_id"]:
                return reply["content"]

    def start(self, code, *, stop_at):
        """Send a cell that stops before the line `stop_at`; give its id, stopped."""
        path = self.request("dumpCell", code=code)["body"]["sourcePath"]
        answer = self.request(
            "setBreakpoints",
            source={"path": path},
            breakpoints=[{"line": stop_at}],
            lines=[stop_at],
            sourceModified=False,
        )
        assert answer["success"], answer
        self.request("configurationDone")
        cell = self._kernel.start(code)
        stopped = self._holder.wait_until_seen(
            lambda one: one["content"].get("event") == "stopped"
        )
        self._thread = stopped["content"]["body"]["threadId"]
        return cell

    def evaluate(self, expression):
        """Evaluate in the frame that is stopped."""
        frames = self.request("stackTrace", threadId=self._thread)["body"]
        return self.request(
            "evaluate",
            expression=expression,
            frameId=frames["stackFrames"][0]["id"],
            context="repl",
        )

    def go_on(self):
        self.request("continue", threadId=self._thread)
