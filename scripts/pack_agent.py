# noqa: INP001 - a folder of scripts
"""Pack the kernel's agent for those who bring it to a kernel.

Writes `{"version", "protocol", "sha256", "zip", "bootstrap"}`: `zip` is the package as
a zip in base64, `sha256` that zip's digest in hexadecimal, `bootstrap` the Python
expression that installs it when evaluated in a kernel, and says how that went (it holds
the zip). The same sources give the same bytes, whatever their dates and wherever they
lie.
"""

import base64
import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "kernel"
TARGETS = (
    ROOT / "src" / "kernels" / "agent.json",
    ROOT / "jupyterlab_cdf_auth" / "_agent.json",
)

#: The earliest date that a zip can hold.
EPOCH = (1980, 1, 1, 0, 0, 0)


def pack() -> bytes:
    """Zip the package."""
    buffer = io.BytesIO()
    files = [
        file
        for file in (SOURCE / "cdf_auth").rglob("*")
        if file.is_file() and (file.suffix == ".py" or file.name == "py.typed")
    ]
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in sorted(files):
            name = file.relative_to(SOURCE).as_posix()
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, also where it is packed on Windows
            entry.external_attr = 0o644 << 16
            # As text: a checkout on Windows may have other line ends.
            content = file.read_text(encoding="utf-8")
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED, 9)
    return buffer.getvalue()


def agent() -> dict[str, object]:
    """Give what the files hold."""
    packed = pack()
    encoded = base64.b64encode(packed).decode("ascii")
    template = (SOURCE / "bootstrap.py").read_text(encoding="utf-8")
    digest = hashlib.sha256(packed).hexdigest()
    # Whole lines: the docstring names a placeholder too.
    lines = {
        'ZIP = "__ZIP__"': f'ZIP = "{encoded}"',
        'SHA256 = "__SHA256__"': f'SHA256 = "{digest}"',
        "SIZES: dict[str, int] = {}": f"SIZES = {_sizes(packed)}",
    }
    code = "\n".join(lines.get(line, line) for line in template.split("\n"))
    return {
        "version": _constant("_version.py", r'__version__ = "([^"]+)"'),
        "protocol": int(_constant("_protocol.py", r"VERSION = (\d+)")),
        "sha256": digest,
        "zip": encoded,
        "bootstrap": (
            f"(lambda names: exec({code!r}, names) or names['outcome'])"
            "({'__name__': 'cdf_auth_bootstrap'})"
        ),
    }


def _sizes(packed: bytes) -> dict[str, int]:
    """Give the bytes of each file in the zip."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return {entry.filename: entry.file_size for entry in archive.infolist()}


def _constant(name: str, pattern: str) -> str:
    text = (SOURCE / "cdf_auth" / name).read_text(encoding="utf-8")
    match = re.search(f"^{pattern}$", text, re.MULTILINE)
    if match is None:
        raise SystemExit(f"{name} has no line {pattern}")
    return match[1]


def main() -> None:
    """Write the files."""
    text = json.dumps(agent(), indent=1) + "\n"
    for target in TARGETS:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
