"""The folder where a kernel and its children meet is the user's own."""

import os
import stat

import pytest
from cdf_auth import ParentGone, ParentRefused, _folder
from support.family import Family


def assert_private(family):
    modes = {
        one.name: stat.S_IMODE(one.lstat().st_mode)
        for one in (family.folder, *family.folder.iterdir())
    }
    assert modes == {family.folder.name: 0o700, "key": 0o600, "socket": 0o600}


def test_the_folder_and_what_is_in_it_are_the_users_own(family):
    assert_private(family)
    assert len(family.key) == 32


def test_the_key_is_nowhere_else(family):
    for form in (family.key, family.key.hex().encode()):
        assert all(form not in value for value in os.environb.values())


def test_the_umask_opens_nothing(monkeypatch):
    monkeypatch.setenv("CDF_AUTH_PARENT", "")
    before = os.umask(0)
    try:
        family = Family()
    finally:
        os.umask(before)
    assert_private(family)
    family.end()


def test_the_folder_goes_with_the_kernel(family):
    family.children.close()
    assert not family.folder.exists()
    with pytest.raises(ParentGone):
        family.child().get_token(())


def test_a_temporary_folder_with_a_name_too_long_for_sockets(monkeypatch, tmp_path):
    monkeypatch.setenv("CDF_AUTH_PARENT", "")
    long = tmp_path / ("long" * 20)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    family = Family()
    family.attach()
    family.answer_all()
    assert family.child().get_token(()) == "token-1"
    family.end()
    assert list(long.iterdir()) == []
    assert not family.folder.exists()


def test_where_python_has_no_local_sockets(monkeypatch):
    """As on Windows."""
    monkeypatch.setenv("CDF_AUTH_PARENT", "")
    monkeypatch.delattr("socket.AF_UNIX")
    family = Family()
    family.attach()
    family.answer_all()
    names = {one.name for one in family.folder.iterdir()}
    assert names == {"key", "port"}
    assert family.child().get_token(()) == "token-1"
    with pytest.raises(EOFError), family.stranger(key=bytes(32)):
        raise AssertionError("It came in.")
    family.end()
    with pytest.raises(ParentGone):
        family.child().get_token(())


def test_a_folder_that_may_not_be_opened(served_family, monkeypatch):
    def forbid(path):
        raise PermissionError

    monkeypatch.setattr("pathlib.Path.read_bytes", forbid)
    with pytest.raises(ParentRefused):
        served_family.child().get_token(())


def test_no_place_for_a_socket(monkeypatch, tmp_path):
    def refuse(**options):
        raise PermissionError

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(OSError, match="no place"):
        _folder.make()
