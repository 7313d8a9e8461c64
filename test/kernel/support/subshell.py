"""A subshell of ipykernel 7: cells in a thread of its own, beside the main ones."""

from support.real_kernel import LIMIT


class Subshell:
    """Runs cells in another thread than the notebook's."""

    def __init__(self, kernel):
        self._client = kernel.client
        create = self._client.session.msg("create_subshell_request", {})
        self._client.control_channel.send(create)
        reply = self._client.control_channel.get_msg(timeout=LIMIT)
        self._id = reply["content"]["subshell_id"]

    def start(self, code, **header):
        """Send a cell and give its id; `header` overrides what its header says."""
        message = self._client.session.msg(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": False,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": False,
            },
        )
        message["header"] |= {"subshell_id": self._id, **header}
        self._client.shell_channel.send(message)
        return message["header"]["msg_id"]
