"""Uploads in their folder: kept once, for whom, for how long, and found again by name."""

import errno
import os
import subprocess
import sys
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ae_core import data
from ae_core.data import kept_uploads, uploads
from ae_core.errors import DataError
from ae_core.folders import uploads_folder
from tests.data.test_uploads import IMAGES
from tests.hostile import packed

pytestmark = pytest.mark.usefixtures("alone")


def test_the_same_file_is_kept_once_and_the_oldest_go_first(monkeypatch):
    payloads = [packed(x_train=np.roll(IMAGES, shift)) for shift in range(4)]
    first = data.store_upload("a.npz", payloads[0])
    assert data.store_upload("again.npz", payloads[0]).name == first.name
    folder = uploads_folder()
    size = (folder / f"{first.name}.npz").stat().st_size
    os.utime(folder / f"{first.name}.npz", (1, 1))
    monkeypatch.setattr(kept_uploads, "MAX_KEPT_BYTES", int(size * 3.5))
    names = [data.store_upload("a.npz", payload).name for payload in payloads[1:]]
    assert sorted(names) == sorted(path.stem for path in folder.iterdir())
    with pytest.raises(DataError, match="not kept here any more"):
        data.load(first.name)
    monkeypatch.setattr(kept_uploads, "MAX_KEPT_BYTES", 1)
    newest = data.store_upload("a.npz", payloads[0])
    assert [path.stem for path in folder.iterdir()] == [newest.name]


def test_nobody_s_file_is_replaced_by_another_of_its_name(monkeypatch, alone):
    first = data.store_upload("mine.npz", packed(x_train=IMAGES), ME)
    path = uploads_folder() / f"{first.name}.npz"
    before = path.read_bytes()
    monkeypatch.setattr(uploads, "DIGITS", 0)  # as if two files had the same beginning of their hash
    path = path.rename(uploads_folder() / "upload-.npz")
    with pytest.raises(DataError, match="another file has its name"):
        data.store_upload("other.npz", packed(x_train=np.roll(IMAGES, 1)), EATER)
    assert path.read_bytes() == before
    path.write_bytes(before[:500])  # damaged, it is whole again when it is brought again
    data.store_upload("mine.npz", packed(x_train=IMAGES), ME)
    assert path.read_bytes() == before


def test_an_upload_with_a_short_name_of_an_earlier_version_opens(alone):
    kept = data.store_upload("mine.npz", packed(x_train=IMAGES), ME)
    rows = data.load(kept.name).x_train
    (uploads_folder() / f"{kept.name}.npz").rename(uploads_folder() / "upload-0a1b2c3d.npz")
    assert data.info("upload-0a1b2c3d").title == "mine.npz" and "upload-0a1b2c3d" in data.catalogue()
    np.testing.assert_array_equal(data.load("upload-0a1b2c3d").x_train, rows)


ME, EATER = "a" * 64, "e" * 64


def brought(shift, owner, needed=()):
    """An upload of that owner, brought so many seconds after 1970."""
    info = data.store_upload("a.npz", packed(x_train=np.roll(IMAGES, shift)), owner, needed)
    os.utime(uploads_folder() / f"{info.name}.npz", (shift, shift))
    return info.name


def kept():
    return {path.stem for path in uploads_folder().glob("*.npz")}


def test_room_for_uploads_is_one_s_own(monkeypatch, alone):
    monkeypatch.setenv("AE_MAX_UPLOADS_PER_OWNER", "2")
    mine = brought(1, ME)
    eaten = [brought(shift, EATER) for shift in (2, 3, 4)]
    assert kept() == {mine, *eaten[1:]}
    assert brought(1, EATER) == mine
    assert kept() == {mine, *eaten[2:]}
    last = [brought(shift, EATER) for shift in (5, 6)]
    assert kept() == {mine, *last}, "what two have brought goes when both have let it go"
    size = (uploads_folder() / f"{mine}.npz").stat().st_size
    monkeypatch.setattr(kept_uploads, "MAX_KEPT_BYTES", int(size * 3.5))
    monkeypatch.delenv("AE_MAX_UPLOADS_PER_OWNER")
    more = brought(7, EATER)
    assert kept() == {mine, last[1], more}, "the eater's oldest goes, though mine is older"


def test_data_that_a_run_waits_for_stay(monkeypatch, alone):
    monkeypatch.setenv("AE_MAX_UPLOADS_PER_OWNER", "2")
    first, second = (brought(shift, ME) for shift in (1, 2))
    third = brought(3, ME, needed={first})
    assert kept() == {first, third}
    with pytest.raises(DataError, match=r"One person may keep 2 uploads .* leaves no room for this one\."):
        brought(4, ME, needed={first, third})
    assert kept() == {first, third}
    assert second not in data.catalogue()


@pytest.mark.slow
def test_an_upload_is_converted_in_a_process_of_its_own(monkeypatch, alone):
    payload = packed(x_train=IMAGES)
    info = data.store_upload_apart("Ünïcode −\0.npz", payload, ME)
    assert info == data.store_upload("Ünïcode −\0.npz", payload, ME) and info.title == "Ünïcode −.npz"
    large = packed(x_train=np.zeros((9000, 100, 100), np.uint8))  # 90 MB in a file of less than one
    for wrong, name, match in (
        (b"x", "a.npz", "must be a .npz or .zip file"),
        (payload, "a.exe", "another ending"),
        (bytes(uploads.MAX_UPLOAD_BYTES + 1), "a.npz", "must have at most 50 MB"),
    ):
        with pytest.raises(DataError, match=match):
            data.store_upload_apart(name, wrong)
    monkeypatch.setattr(uploads, "MEMORY", 256 * 2**20)
    with pytest.raises(DataError, match=r"'a.npz' must be read in 256 MB of memory\. Received: one that needs more\."):
        data.store_upload_apart("a.npz", large)
    monkeypatch.setattr(uploads, "SECONDS", 0.01)
    with pytest.raises(DataError, match="Received: one that takes longer"):
        data.store_upload_apart("a.npz", payload)
    assert kept() == {info.name}


def test_a_full_disk_leaves_nothing_half_written(alone):
    """The operating system itself refuses the write, by a limit on the size of files."""
    (alone / "a.npz").write_bytes(packed(x_train=np.random.default_rng(0).integers(0, 255, (500, 28, 28), np.uint8)))
    program = (
        "import resource, sys, pathlib; from ae_core import data; from ae_core.errors import DataError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: data.store_upload('a.npz', pathlib.Path(sys.argv[1]).read_bytes())\n"
        "except DataError as error: sys.exit(str(error))"
    )
    result = subprocess.run(
        [sys.executable, "-c", program, str(alone / "a.npz")], capture_output=True, text=True, check=False
    )
    assert result.stderr.strip() == "The upload could not be kept because the disk is full."
    assert list(uploads_folder().iterdir()) == []


def test_without_a_runs_folder_the_cache_keeps_uploads(monkeypatch, alone):
    monkeypatch.delenv("AE_RUNS_DIR")
    info = data.store_upload("a.npz", packed(x_train=IMAGES))
    assert (alone / "XDG_CACHE_HOME" / "autoencoder-lab" / "uploads" / f"{info.name}.npz").is_file()


# ---- the data folder


def test_a_file_in_the_data_folder_comes_before_everything_else(alone):
    folder = alone / "AE_DATA_DIR"
    np.savez(folder / "mnist.npz", x_train=np.zeros((30, 28, 28), np.uint8), y_train=np.arange(30) % 2 * 7)
    np.savez(folder / "fashion_mnist.npz", x_train=np.zeros((30, 28, 28), np.uint8), y_train=np.arange(30) % 2 * 3)
    assert data.default_name() == "mnist"
    info = data.catalogue()["mnist"]
    assert (info.title, info.train_count, info.test_count) == ("MNIST", 24, 6)
    dataset = data.load("fashion_mnist")
    assert set(dataset.y_train) == {0, 3} and dataset.info.class_names[3] == "Dress"
    (folder / "mnist.npz").write_bytes(b"broken")
    assert data.default_name() == "digits" and data.catalogue()["mnist"].train_count == 60000
    with pytest.raises(DataError, match=r"mnist\.npz must be a \.npz"):
        data.load("mnist")


def test_the_catalogue_reads_headers_only_and_notices_changes(alone):
    path = alone / "AE_DATA_DIR" / "big.npz"
    np.savez_compressed(path, x_train=np.zeros((50000, 28, 28), np.uint8))
    tracemalloc.start()
    assert data.catalogue()["big"].train_count == 40000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6
    np.savez_compressed(path, x_train=np.zeros((100, 28, 28), np.uint8))
    assert data.catalogue()["big"].train_count == 80
    path.unlink()
    assert "big" not in data.catalogue()


def test_what_a_person_has_brought_is_known_to_be_theirs(alone):
    mine, shared, others = brought(1, "me"), brought(2, "me"), brought(3, "another")
    assert brought(2, "another") == shared
    assert data.brought_by("me") == {mine, shared}
    assert data.brought_by("another") == {shared, others}
    kept_uploads.remove_uploads("me")
    assert data.brought_by("me") == set()


def test_a_person_takes_back_what_is_theirs_alone(alone):
    alone_mine, shared, needed = (brought(shift, "me") for shift in (1, 2, 3))
    assert brought(2, "another") == shared
    kept_uploads.remove_uploads("me", {needed})
    assert kept() == {shared, needed}, "one is another's too, and a run waits for the other"
    kept_uploads.remove_uploads("another")
    assert kept() == {needed}
    kept_uploads.remove_uploads("me")
    assert kept() == {needed}, "which is the host's now"
    assert alone_mine not in data.catalogue()


def test_a_long_name_keeps_its_ending(alone):
    info = data.store_upload("x" * 57 + ".npz", packed(x_train=IMAGES))
    assert info.title.startswith("xxx") and info.title.endswith(".npz") and len(info.title) <= 60


def test_files_that_wait_to_be_read_have_bounds_together(monkeypatch):
    go_on, begun = threading.Event(), threading.Semaphore(0)

    def run(*_arguments) -> str:
        begun.release()
        go_on.wait(30)
        return "read"

    monkeypatch.setattr(uploads.confined, "run", run)
    monkeypatch.setattr(uploads, "MOST_WAITING", 100)
    with ThreadPoolExecutor() as visitors:
        first = visitors.submit(uploads.apart, "module", [], "a.csv", b"0" * 150)
        assert begun.acquire(timeout=30)
        try:
            with pytest.raises(DataError, match="So many files are read at present"):
                uploads.apart("module", [], "b.csv", b"0")
        finally:
            go_on.set()
        assert first.result() == "read", "a file alone has a place, whatever its size"
    assert uploads.apart("module", [], "b.csv", b"0") == "read"


@pytest.mark.skipif(sys.platform == "win32", reason="no process is bounded there")
def test_a_disk_that_fills_takes_nobody_s_upload_away(alone):
    import resource

    owners = [f"{one}" * 64 for one in "abc"]
    (kept,) = {data.store_upload("mine.npz", packed(x_train=IMAGES), one).name for one in owners}
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))  # as if no more than this could be written
    try:
        with pytest.raises(DataError, match="could not all be removed"):
            kept_uploads.remove_uploads(owners[0])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert all(kept in kept_uploads.brought_by(one) for one in owners)
    for one in owners:
        kept_uploads.remove_uploads(one)
    assert not [*uploads_folder().iterdir()]


def test_a_file_that_could_not_be_kept_leaves_no_word_of_its_owner(alone, monkeypatch):
    replace = os.replace

    def refuse(part, target):
        if target.suffix == ".npz":
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(part, target)

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(DataError, match="could not be kept"):
        data.store_upload("mine.npz", packed(x_train=IMAGES), ME)
    assert not [*uploads_folder().iterdir()]
