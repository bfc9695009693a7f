"""Files that are there wholly or not at all."""

import os

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
