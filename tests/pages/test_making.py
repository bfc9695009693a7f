"""Files that are made at a press: whoever presses again and again neither fills the memory nor keeps others waiting."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit.runtime.media_file_manager import MediaFileKind, MediaFileManager, MediaFileMetadata
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from ae_core.errors import EngineError
from pages.ui.form.form import Form
from pages.ui.runs import exporting, making
from pages.ui.state import Session
from tests.waiting import until

ME, ANOTHER = "m" * 43, "a" * 43


def press(owner: str, make: exporting.Maker = lambda: b"") -> bytes | str:
    return exporting.guarded(Session(Form(), owner, True), make)()


def test_whoever_presses_again_and_again_has_two_files_made_and_others_theirs() -> None:
    free = threading.Event()

    def slow() -> bytes:
        assert free.wait(10)
        return b"made"

    with ThreadPoolExecutor(8) as pool:
        first = [pool.submit(press, ME, slow) for _ in range(2)]
        until(lambda: making._of_one[ME] == 2)
        with pytest.raises(EngineError, match="Two files of yours"):
            press(ME)
        other = pool.submit(press, ANOTHER, slow)
        until(lambda: making._of_one[ANOTHER] == 1)
        free.set()
        assert [one.result(10) for one in (*first, other)] == [b"made"] * 3
    assert not making._of_one


def test_whoever_waits_in_vain_is_told_and_what_fails_frees_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "PATIENCE", 0.01)

    def full() -> bytes:
        with making.place(ME), pytest.raises(EngineError, match="Files of others"):
            press(ANOTHER)
        raise EngineError("No.")

    for _ in range(3):
        with pytest.raises(EngineError, match="No"):
            press(ME, full)
    assert press(ME, lambda: b"made") == b"made"


def test_files_that_nobody_fetches_are_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = MemoryMediaFileStorage("/media")
    files = MediaFileManager(storage)
    monkeypatch.setattr(making, "exists", lambda: True)
    monkeypatch.setattr(making, "get_instance", lambda: type("Runtime", (), {"media_file_mgr": files}))
    monkeypatch.setattr(making, "ROOM", 350_000)
    most = 0
    for number in range(20):
        press(ME)
        # As Streamlit keeps what a button has made.
        kept = storage.load_and_get_id(
            number.to_bytes(4) * 25_000, "application/zip", MediaFileKind.DOWNLOADABLE, "run.zip"
        )
        files._file_metadata[kept] = MediaFileMetadata(MediaFileKind.DOWNLOADABLE)
        held = sum(one.byte_length for family in storage.get_stats().values() for one in family)
        most = max(most, held)
    assert 350_000 < most < 700_000
