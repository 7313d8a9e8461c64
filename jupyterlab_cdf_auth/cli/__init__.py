"""The command line: ``jupyter cdf-auth login``, ``status`` and ``logout``.

It holds no session and no token of CDF. It tells a running Jupyter server what a page
would tell it (docs/server-api.md), so that a terminal is enough to sign in for
kernels that other editors use.
"""
