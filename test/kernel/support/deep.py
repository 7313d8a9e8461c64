"""Whether this is the deep form of the tests (`npm test -- --deep=kernel`)."""

import os

DEEP = bool(os.environ.get("CDF_AUTH_DEEP"))
