"""A kernel's agent and its child processes' ones, in one process, over real sockets."""

from contextlib import contextmanager
from time import monotonic, sleep

from cdf_auth import _folder
from cdf_auth._cache import Slot
from cdf_auth._children import Children
from cdf_auth._clock import SystemClock
from cdf_auth._parent import child_agent
from cdf_auth._wire import introduce, shut
from support.fake_clock import World
from support.real_kernel import LIMIT


class Family(World):
    """The kernel's side is that of `World`, though time passes by itself."""

    def __init__(self):
        super().__init__(clock=SystemClock())
        self.children = Children(self.agent)
        self.agent.changed = self.children.tell

    @property
    def folder(self):
        return self.children.folder

    def child(self):
        """Give the agent of another child."""
        return child_agent(str(self.folder), Slot())

    @contextmanager
    def stranger(self, *, key=None):
        """Connect by hand, as one who knows the key if it is given."""
        with _folder.reach(self.folder) as peer:
            peer.settimeout(LIMIT)
            if key is not None:
                introduce(peer, key)
            yield peer

    @property
    def key(self):
        return (self.folder / "key").read_bytes()

    def end(self):
        """End as a process does: nobody listens, and connections are closed."""
        self.children.close()
        for child in list(self.children.connected):
            shut(child.peer)


def wait_until(is_so):
    """Wait for what no event tells: what another thread or process does."""
    deadline = monotonic() + LIMIT
    while not is_so():
        assert monotonic() < deadline, "It didn't come to that."
        sleep(0.01)
