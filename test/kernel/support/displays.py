"""A kernel whose token is looked for in whatever it shows."""

import json
from contextlib import contextmanager

from support.holder import Holder
from support.real_kernel import LIMIT, RealKernel, python_of

#: As long as a real one, since some displays shorten what is long.
TOKEN = ".".join(
    (
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9",
        "".join(f"cGF5bG9hZ{i:03}" for i in range(80)),
        "".join(f"c2lnbmF0dXJl{i:03}" for i in range(20)),
    )
)

#: Fewer characters than any display leaves of a shortened text.
FRAGMENT = 12

#: What a display says in its place.
HIDDEN = "[token hidden]"


def shows(text, token=TOKEN):
    """Tell whether the token, or a part of it, stands in `text`."""
    pieces = range(len(token) - FRAGMENT + 1)
    return any(token[i : i + FRAGMENT] in text for i in pieces)


@contextmanager
def kernel_with_token(environment, folder, bootstrap):
    """Give a kernel in whose globals the token is `t`, and its holder."""
    python_of(environment)
    kernel = RealKernel(environment, folder)
    holder = Holder(kernel)
    try:
        holder.new_token = lambda: TOKEN
        kernel.execute_silently(bootstrap)
        holder.attach()
        assert kernel.run("t = get_token()").error is None
        yield kernel, holder
    finally:
        holder.close()
        kernel.close()


def everything(result):
    """Give all that a cell has shown, in whatever kind of data."""
    contents = [
        message["content"]
        for message in result.messages
        if message["msg_type"] not in {"status", "execute_input", "comm_msg"}
    ]
    return json.dumps(contents, ensure_ascii=False)


def type_in(kernel, code, answers):
    """Run a cell and answer each of its prompts; give what it has shown."""
    cell = kernel.start(code, allow_stdin=True)
    for answer in answers:
        kernel.client.get_stdin_msg(timeout=LIMIT)
        kernel.client.input(answer)
    return everything(kernel.finish(cell))
