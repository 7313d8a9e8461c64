"""What is known of a cell that doesn't end, for whoever reads the failure."""

from queue import Empty

#: Gives where each thread is, as an expression.
STACKS = (
    "'\\n'.join(''.join(__import__('traceback').format_stack(frame)[-5:])"
    " for frame in __import__('sys')._current_frames().values())"
)

#: Seconds for the question; a kernel that can answer it does so at once.
PATIENCE = 10


def account(kernel, id_, result):
    """Say what came of the cell `id_`, which has given `result`, and where it is."""
    came = [
        " ".join((one["msg_type"], one["content"].get("execution_state", "")))
        for one in result.messages
        if (one["parent_header"] or {}).get("msg_id") == id_
    ]
    code = kernel.manager.provisioner.process.poll()
    return "\n".join(
        (
            f"it gave {result}.",
            f"Of it came {came}, and {len(result.messages) - len(came)} others.",
            "The kernel runs." if code is None else f"The kernel ended with {code}.",
            f"Its log ends: {kernel.log.read_text(errors='replace')[-2000:]}",
            f"Its threads: {stacks(kernel) if code is None else 'none'}",
        )
    )


def stacks(kernel):
    """Give where the kernel's threads are; control tells it while a cell runs, too."""
    try:
        reply = kernel.execute_on_control("", timeout=PATIENCE, stacks=STACKS)
    except Empty:
        return "control doesn't answer."
    said = reply.get("user_expressions", {}).get("stacks", {}).get("data", {})
    return said.get("text/plain", f"it said {reply}.").replace("\\n", "\n")
