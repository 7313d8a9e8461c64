"""The packed agent comes to a kernel, and leaves it as it was but for that."""

import json

NAMES = "print(sorted(n for n in globals() if n != 'get_token'))"


def test_idle_kernel(kernel, holder, bootstrap):
    assert holder.hello() is None
    before = kernel.run(NAMES).stdout
    reply = kernel.execute_silently(bootstrap)
    assert reply["status"] == "ok"
    assert holder.hello()["running"] is False
    holder.select()
    assert kernel.run("print(get_token())").stdout.strip().endswith("c2lnbmF0dXJl")
    after = kernel.run(NAMES).stdout
    # The history's own names (_i1, …) come with every cell.
    assert {n for n in eval(after) if not n.startswith("_")} == {
        n for n in eval(before) if not n.startswith("_")
    }
