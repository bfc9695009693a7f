"""Files that are there wholly or not at all."""

import errno
import os
from pathlib import Path

import pytest

from ae_core import whole_files


def test_a_file_is_on_the_disk_before_it_is_in_place(tmp_path, monkeypatch):
    done: list[str] = []
    real_replace = os.replace

    def replace(*paths):
        done.append("replace")
        real_replace(*paths)

    monkeypatch.setattr(os, "fsync", lambda handle: done.append("sync"))
    monkeypatch.setattr(os, "replace", replace)
    whole_files.write(tmp_path / "file", b"content")
    assert done == ["sync", "replace"] and (tmp_path / "file").read_bytes() == b"content"
    with pytest.raises(RuntimeError), whole_files.part_of(tmp_path / "file") as part:
        part.write_bytes(b"other")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["file"] and (tmp_path / "file").read_bytes() == b"content"


def test_a_file_that_a_person_named_stays_until_the_new_one_is_whole(tmp_path):
    file = tmp_path / "mine.zip"
    file.write_bytes(b"of last week")
    with pytest.raises(OSError, match="No space left") as refused, whole_files.replaced(file) as part:
        part.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert refused.value.filename == str(file), "it says which file there was no room for"
    assert file.read_bytes() == b"of last week"
    with whole_files.replaced(file) as part:
        part.write_bytes(b"of today")
    assert file.read_bytes() == b"of today" and [path.name for path in tmp_path.iterdir()] == [file.name]
    plain = tmp_path / "plain"
    plain.touch()
    assert file.stat().st_mode == plain.stat().st_mode, "whoever may read other files may read this one"


def test_what_cannot_be_replaced_is_known_before_the_work_begins(tmp_path):
    for place, reason in ((tmp_path, errno.EISDIR), (tmp_path / "none" / "file", errno.ENOENT)):
        with pytest.raises(OSError) as refused, whole_files.replaced(place):
            pytest.fail("the work has begun")
        assert (refused.value.errno, refused.value.filename) == (reason, str(place))


def test_what_is_no_plain_file_is_written_to_and_a_link_stays_one(tmp_path):
    with whole_files.replaced(Path("/dev/null")) as place:
        assert place == Path("/dev/null")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    with whole_files.replaced(tmp_path / "link") as part:
        part.write_bytes(b"content")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "file").read_bytes() == b"content"
