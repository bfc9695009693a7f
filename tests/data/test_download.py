"""Downloads: without a network, with one that hangs, and what the cache is trusted with."""

import hashlib
import itertools
import os
import select
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ae_core import data
from ae_core.data import download
from ae_core.errors import DataError


@pytest.fixture
def proxy(monkeypatch):
    """Sends this process's and its children's requests to a given local port."""

    def use(port):
        for name in ("https_proxy", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)

    return use


def test_without_a_network_the_sentence_says_what_to_do(alone, proxy):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        proxy(free.getsockname()[1])
        with pytest.raises(
            DataError, match=r"MNIST could not be had .* internet: choose the data set mnist_5k"
        ) as caught:
            data.load("mnist")
    assert "AE_DATA_DIR" in str(caught.value) and "\n" not in str(caught.value)
    assert "too long" not in str(caught.value), "it was told at once, and nobody waited"
    assert list(download.cache_folder().iterdir()) == []


def test_a_home_that_is_closed_to_a_service_holds_nothing(alone, monkeypatch):
    for name in ("XDG_CACHE_HOME", "KERAS_HOME"):
        monkeypatch.setenv(name, str(alone / ("closed" * 50)))  # no system looks into a folder with such a name
    assert not download.available("mnist") and data.default_name() == "digits"
    with pytest.raises(DataError, match="MNIST could not be had because the disk cannot be written"):
        data.load("mnist")


@pytest.mark.slow
def test_a_network_that_hangs_is_given_up(alone, proxy, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:  # takes connections, says nothing
        proxy(server.getsockname()[1])
        seconds = itertools.count(1)

        def now() -> int:  # a second between two looks, once it was asked for something
            return next(seconds) if select.select([server], [], [], 0)[0] else 0

        monkeypatch.setattr(download, "time", SimpleNamespace(monotonic=now))
        texts = []
        with pytest.raises(DataError, match="no answer for too long"):
            download.fetch("fashion_mnist", lambda text, share: texts.append((text, share)), stall=5.5)
    assert texts[0] == ("Reaching for Fashion-MNIST", None)
    assert len(texts) > 5, "it waited for an answer, and said so"
    assert list(download.cache_folder().iterdir()) == []


TOO_LONG = 1e9  # seconds: who waits for this fails by never coming back


def watch(tmp_path, program, at_each_look=lambda: None, **limits):
    seen = []

    def look(_):
        at_each_look()
        seen.append(download.folder_size(tmp_path))

    return download.supervise([sys.executable, "-c", program], os.environ, tmp_path, look, **limits), seen


@pytest.mark.slow
def test_a_program_that_makes_progress_is_left_alone(tmp_path, monkeypatch):
    looks = itertools.count()
    monkeypatch.setattr(download, "time", SimpleNamespace(monotonic=lambda: next(looks)))  # a second between two

    def grow():
        with (tmp_path / "part").open("ab") as part:
            part.write(bytes(1000))
            if part.tell() == 20_000:
                (tmp_path / "enough").touch()

    program = "import os, time\nwhile not os.path.exists('enough'): time.sleep(.01)"
    status, seen = watch(tmp_path, program, grow, stall=1.5, limit=TOO_LONG)
    assert status == 0
    assert seen == sorted(seen) and len(set(seen)) >= 20


@pytest.mark.slow
def test_a_program_that_stalls_or_never_ends_is_killed(tmp_path, monkeypatch):
    seconds, begun = itertools.count(1), tmp_path / "pid"
    now = SimpleNamespace(monotonic=lambda: next(seconds) if begun.exists() else 0)  # a second between two looks
    monkeypatch.setattr(download, "time", now)
    say = "import os, time; open('part', 'w').write(str(os.getpid())); os.rename('part', 'pid')\n"
    grow = "with open('more', 'wb', 0) as f:\n  while True: f.write(b'x'); time.sleep(.05)"
    for then, stall, limit in (("time.sleep(600)", 1.5, TOO_LONG), (grow, TOO_LONG, 9)):
        assert watch(tmp_path, say + then, stall=stall, limit=limit)[0] is None
        with pytest.raises(ProcessLookupError):
            os.kill(int(begun.read_text()), 0)
        begun.unlink()


def small_arrays(value):
    return {
        "x_train": np.full((30, 28, 28), value, np.uint8),
        "y_train": np.zeros(30, np.uint8),
        "x_test": np.zeros((10, 28, 28), np.uint8),
        "y_test": np.zeros(10, np.uint8),
    }


@pytest.mark.slow(seconds=1)
def test_the_cache_is_used_only_if_its_hash_fits(alone, proxy):
    folder = download.cache_folder()
    folder.mkdir()
    np.savez(folder / "mnist.npz", **small_arrays(7))
    digest = hashlib.sha256((folder / "mnist.npz").read_bytes()).hexdigest()
    (folder / "mnist.npz.sha256").write_text(digest)
    assert data.default_name() == "mnist"
    assert data.load("mnist").x_train.max() == 7
    np.savez(folder / "mnist.npz", **small_arrays(8))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        proxy(free.getsockname()[1])
        with pytest.raises(DataError, match="could not be had"):
            data.load("mnist")


def test_another_file_in_keras_cache_is_not_taken_for_mnist(alone, proxy):
    folder = Path(os.environ["KERAS_HOME"]) / "datasets"
    folder.mkdir()
    np.savez(folder / "mnist.npz", **small_arrays(9))
    assert data.default_name() == "digits"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        proxy(free.getsockname()[1])
        with pytest.raises(DataError, match="could not be had"):
            data.load("mnist")


def test_a_full_or_closed_disk_is_named(alone, monkeypatch):
    blocked = alone / "file"
    blocked.write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    with pytest.raises(DataError, match=r"cannot be written .*choose the data set mnist_5k"):
        data.load("mnist")
