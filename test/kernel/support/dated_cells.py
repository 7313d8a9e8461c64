"""Cells for tests of a switch, and the times before and after it."""

from datetime import datetime, timedelta, timezone

NOON = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
SINCE = "2026-11-23T12:00:00.000Z"
BEFORE = NOON - timedelta(seconds=1)
AFTER = NOON + timedelta(seconds=1)

PROJECT = "import cdf_auth; print(cdf_auth.context().project)"
#: Says its project before and after the switch.
WATCH = """
import time
print(cdf_auth.context().project, flush=True)
while "go" not in globals():
    time.sleep(0.01)
print(cdf_auth.context().project)
del go
"""
