"""The version of this distribution, as the acknowledgement of `hello` tells it."""

__version__ = "0.1.0"
