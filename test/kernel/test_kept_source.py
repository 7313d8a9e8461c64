"""The agent's source is kept for all kernels of a user, or goes with its kernel."""

import base64
import io
import os
import subprocess
import sys
import zipfile
from itertools import count
from pathlib import Path

import pytest
from support.real_kernel import ROOT

KEPT = """
import glob, os, stat, sys, cdf_auth
folder = sys.path[0]
print(folder, oct(stat.S_IMODE(os.stat(folder).st_mode)))
print(cdf_auth.__file__.startswith(folder), *glob.glob(folder + "/*/__pycache__/*"))
"""

#: Elsewhere it may have been told to compile nothing.
COMPILES = {"PYTHONDONTWRITEBYTECODE": ""}


def brought(kernel, bootstrap):
    """Install, and give the folder of the source with what is compiled of it."""
    kernel.execute_silently(bootstrap)
    folder, mode, is_used, *compiled = kernel.run(KEPT).lines
    assert (mode, is_used) == ("0o700", "True")
    return Path(folder), compiled


def test_kernels_of_a_user_share_what_is_compiled(start_kernel, packed, tmp_path):
    kernel = start_kernel(extra_env=COMPILES)
    folder, compiled = brought(kernel, packed["bootstrap"])
    assert folder == tmp_path / "cache" / "cdf-auth" / packed["sha256"]
    assert any("_agent" in file for file in compiled)
    kernel.close()
    dates = {file: Path(file).stat().st_mtime_ns for file in compiled}
    assert brought(start_kernel(extra_env=COMPILES), packed["bootstrap"])[0] == folder
    assert dates == {file: Path(file).stat().st_mtime_ns for file in compiled}
    assert list(folder.parent.iterdir()) == [folder]


def test_a_damaged_copy_is_made_anew(start_kernel, start_holder, bootstrap):
    kernel = start_kernel()
    folder, _ = brought(kernel, bootstrap)
    kernel.close()
    (folder / "cdf_auth" / "_agent.py").unlink()
    kernel = start_kernel()
    assert brought(kernel, bootstrap)[0] == folder
    start_holder(kernel).attach()
    assert "secret-1" in kernel.run("print(get_token())").stdout


@pytest.fixture
def start_bootstrap(packed, tmp_path, monkeypatch):
    """Give what the bootstrap defines, as of another process each time."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    source = (ROOT / "kernel" / "bootstrap.py").read_text("utf-8")
    content = io.BytesIO(base64.b64decode(packed["zip"]))
    sizes = {one.filename: one.file_size for one in zipfile.ZipFile(content).filelist}

    def start():
        names = {"__name__": "bootstrap"}
        exec(source, names)
        names |= {"ZIP": packed["zip"], "SHA256": packed["sha256"], "SIZES": sizes}
        return names

    return start


@pytest.mark.parametrize("look", [1, 2])
def test_what_another_kernel_has_just_mended_stays(start_bootstrap, look):
    """It has found the damage too, was faster, and imports its copy by now."""
    other, ours = start_bootstrap(), start_bootstrap()
    folder = other["kept"]()
    (folder / "cdf_auth" / "_agent.py").unlink()
    is_whole, looks, others = ours["is_whole"], count(1), []

    def look_and_be_overtaken(at):
        was_whole = is_whole(at)
        if next(looks) == look:
            other["kept"]()
            others.extend(one.stat().st_ino for one in (at, at / "cdf_auth"))
        return was_whole

    ours["is_whole"] = look_and_be_overtaken
    assert ours["kept"]() == folder
    assert others == [one.stat().st_ino for one in (folder, folder / "cdf_auth")]
    assert list(folder.parent.iterdir()) == [folder]


def test_a_copy_that_others_can_change_is_not_used(start_kernel, bootstrap):
    kernel = start_kernel()
    folder, _ = brought(kernel, bootstrap)
    kernel.close()
    folder.parent.chmod(0o777)
    private, _ = brought(start_kernel(), bootstrap)
    assert private.parent != folder.parent


def test_where_none_can_be_kept_the_source_goes_with_the_kernel(
    start_kernel, bootstrap, tmp_path
):
    (tmp_path / "cache").write_text("no folder")
    kernel = start_kernel()
    folder, _ = brought(kernel, bootstrap)
    assert folder.parent == tmp_path
    kernel.client.shutdown()
    kernel.manager.provisioner.process.wait(30)
    assert not folder.exists()


STAND_IN = """
import os, sys, types
class Kernel:
    control_handlers = {"comm_info_request": print}
shell = types.SimpleNamespace(kernel=Kernel)
sys.modules["IPython"] = types.SimpleNamespace(get_ipython=lambda: shell)
exec(sys.stdin.read())
"""

FORK = """
if os.fork():
    os.wait()
    print(os.path.exists(sys.path[0]))
    print(sys.path[0])
"""


def test_a_forked_child_leaves_the_source_to_its_parent(bootstrap, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", STAND_IN + FORK],
        input=bootstrap,
        capture_output=True,
        text=True,
        check=True,
        # There is no folder in it that could be made.
        env={**os.environ, "XDG_CACHE_HOME": os.devnull, "TMPDIR": str(tmp_path)},
    )
    existed, path = done.stdout.split()
    assert existed == "True"
    assert Path(path).parent == tmp_path
    assert not Path(path).exists()


def test_kernels_that_start_together_make_one_copy(bootstrap, tmp_path):
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", STAND_IN + "print(sys.path[0])"],
            env={**os.environ, "XDG_CACHE_HOME": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    for process in starting:
        process.stdin.write(bootstrap)
    # None of them begins before it has been told everything.
    for process in starting:
        process.stdin.close()
    paths = {process.stdout.read().strip() for process in starting}
    for process in starting:
        assert process.wait(30) == 0
        process.stdout.close()
    [folder] = (tmp_path / "cdf-auth").iterdir()
    assert paths == {str(folder)}
