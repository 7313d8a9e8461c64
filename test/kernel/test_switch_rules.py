"""In whatever order clicks, messages and cells come, no run is switched midway."""

from datetime import datetime, timedelta, timezone

from cdf_auth._protocol import Selected
from cdf_auth._switch import Switch
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

START = datetime(2026, 11, 23, tzinfo=timezone.utc)


class Kernel(RuleBasedStateMachine):
    """A user who clicks, a queue of cells, and a holder that tells of the clicks."""

    def __init__(self):
        super().__init__()
        self.switch = Switch()
        self.now = START
        self.clicks = []
        self.queue = []
        self.cells = 0
        self.running, self.sees = False, None
        #: What the kernel must be in, and what it must be in after the running cell.
        self.expected, self.after = 1, None
        self.signed_in, self.dropped = True, None
        self.click()

    @precondition(lambda self: self.signed_in)
    @rule()
    def sign_out(self):
        self.dropped = self.expected or self.dropped
        self.expected = self.after = None
        self.signed_in = False
        self.switch.forget(None)

    @precondition(lambda self: not self.signed_in)
    @rule(same=st.booleans())
    def sign_in(self, same):
        """Sign in as the same person, or as another; a project is selected by it."""
        self.signed_in = True
        if same:
            self.switch.resume("s")
            self.expected, self.dropped = self.dropped, None
        self.click()

    @precondition(lambda self: self.signed_in)
    @rule()
    def click(self):
        """Select a project, which is told at once."""
        self.now += timedelta(seconds=1)
        self.clicks.append(self.now)
        self.tell(settled=False)

    @precondition(lambda self: self.signed_in and not self.queue and not self.running)
    @rule()
    def settle(self):
        """Tell it again, once the kernel has been idle for a while."""
        self.tell(settled=True)

    @precondition(lambda self: self.signed_in)
    @rule(settled=st.booleans())
    def tell_again(self, settled):
        """Tell it once more, as a holder does after a reload.

        Nobody takes a kernel for settled in the middle of a run; but one that was may
        have begun with another by the time that it is told so.
        """
        is_later = all(date > self.clicks[-1] for _, date in self.queue)
        self.tell(settled=settled and is_later)

    def tell(self, *, settled):
        number = len(self.clicks)
        self.after = number if settled else None
        if settled and not self.running:
            self.expected = number
        self.switch.offer(
            Selected(
                session="s",
                connection="c",
                cluster="x",
                project=str(number),
                base_url="u",
                account="a",
                scopes=(),
                since=self.clicks[-1],
                settled=settled,
            )
        )

    @rule()
    def submit(self):
        self.now += timedelta(seconds=1)
        self.cells += 1
        self.queue.append((f"cell-{self.cells}", self.now))

    @precondition(lambda self: self.queue and not self.running)
    @rule()
    def start(self):
        cell, date = self.queue.pop(0)
        self.switch.cell_starts(cell, date)
        if self.signed_in and date > self.clicks[-1]:
            self.expected = len(self.clicks)
        self.running, self.sees = True, self.project or self.dropped

    @precondition(lambda self: self.running)
    @rule()
    def end(self):
        self.switch.cell_ends()
        self.running = False
        self.expected, self.after = self.after or self.expected, None

    @property
    def project(self):
        current = self.switch.current
        return current and int(current.project)

    @invariant()
    def a_running_cell_keeps_its_project(self):
        if self.running:
            assert self.project in {self.sees, None}

    @invariant()
    def it_follows_when_it_must_and_not_before(self):
        assert self.project == self.expected


TestKernel = Kernel.TestCase
