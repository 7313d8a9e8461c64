"""What the Jupyter server answers, as far as the command line reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Connection:
    """A connection of the administrator."""

    label: str
    cluster: str
    base_url: str
    scopes: tuple[str, ...]
    project: str | None
    #: What ``POST sessions`` takes.
    form: dict[str, Any]

    @classmethod
    def read(cls, one: dict[str, Any]) -> Connection:
        """Read one of ``GET connections``. Raises LookupError or TypeError."""
        return cls(
            label=str(one["label"]),
            cluster=str(one["cluster"]),
            base_url=str(one["baseUrl"]),
            scopes=tuple(map(str, one["scopes"])),
            project=one["project"],
            form={name: value for name, value in one.items() if name != "project"},
        )


@dataclass(frozen=True)
class Device:
    """What a person is to enter, where, and for how many seconds it is good."""

    page: str
    code: str
    expires_in: int


@dataclass(frozen=True)
class Session:
    """A session of the server; ``problem`` is its code, message and action."""

    id: str
    status: str
    label: str
    cluster: str
    name: str
    username: str
    #: The application's profile; None where a person has signed in.
    profile: str | None
    device: Device | None
    problem: dict[str, str] | None

    @classmethod
    def read(cls, one: dict[str, Any]) -> Session:
        """Read a session. Raises LookupError or TypeError."""
        account = one["account"] or {"name": "", "username": ""}
        device, profile = one["device"], one.get("profile")
        return cls(
            id=str(one["id"]),
            status=str(one["status"]),
            label=str(one["connection"]["label"]),
            cluster=str(one["connection"]["cluster"]),
            name=str(account["name"]),
            username=str(account["username"]),
            profile=profile and str(profile["name"]),
            device=device
            and Device(
                page=str(device["verificationUri"]),
                code=str(device["userCode"]),
                expires_in=int(device["expiresIn"]),
            ),
            problem=one["problem"],
        )

    @property
    def is_active(self) -> bool:
        """Whether somebody is signed in to it."""
        return self.status == "active"

    @property
    def who(self) -> str:
        """The person, as far as it is known, or the profile."""
        if not self.profile and self.name and self.name != self.username:
            return f"{self.name} ({self.username})"
        return self.username or "nobody yet"


@dataclass(frozen=True)
class Profile:
    """An application that works without a person, and what it is for."""

    name: str
    description: str

    @classmethod
    def read(cls, one: dict[str, Any]) -> Profile:
        """Read a profile. Raises LookupError or TypeError."""
        return cls(str(one["name"]), str(one["description"]))


@dataclass(frozen=True)
class Kernel:
    """A kernel of Jupyter's sessions, with the notebooks that use it."""

    id: str
    notebooks: tuple[str, ...]
    #: busy, idle, starting, …
    state: str

    @property
    def row(self) -> list[str]:
        """Return what a table shows."""
        return [", ".join(self.notebooks), self.id, self.state]


def read_kernels(answer: list[dict[str, Any]]) -> list[Kernel]:
    """Read Jupyter's ``GET api/sessions``, in which a kernel may stand twice.

    Raises LookupError or TypeError.
    """
    kernels: dict[str, Kernel] = {}
    for one in answer:
        if one.get("kernel"):
            id_, state = str(one["kernel"]["id"]), str(one["kernel"]["execution_state"])
            before = kernels[id_].notebooks if id_ in kernels else ()
            path = str(one.get("path") or one.get("name") or "")
            kernels[id_] = Kernel(id_, (*before, path), state)
    return sorted(kernels.values(), key=lambda kernel: kernel.notebooks)


def read_projects(answer: dict[str, Any]) -> list[str] | None:
    """Read CDF's verdict on a token; None where it doesn't list the projects.

    Raises LookupError or TypeError.
    """
    if answer["status"] != 200:  # noqa: PLR2004 - HTTP's own number
        return None
    listed = (answer["answer"] or {}).get("projects")
    if not isinstance(listed, list):
        return None
    names = {one.get("projectUrlName") for one in listed if isinstance(one, dict)}
    return sorted(name for name in names if name and isinstance(name, str))
