"""Files of runs that are wrong, or hostile: each is refused in one sentence, and nothing is changed."""

import base64
import contextlib
import gzip
import io
import json
import math
import stat
import time
import tracemalloc
import zipfile

import msgspec
import pytest

from ae_core.errors import DataError
from ae_core.runs import RunStore
from ae_core.runs.files import NEWEST, first_name
from tests.hostile import zipped
from tests.runs.hostile_runs import HOSTILE, changed, read
from tests.stored import TOTAL, snapshot
from tests.whole_run import bring, exported, members_of, whole_run

pytestmark = pytest.mark.usefixtures("unsynced", "at_once")


def everything(folder):
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*")}


def as_before(value):
    """Plain values as an earlier version put them into JSON."""
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)}
    if isinstance(value, dict):
        return {name: as_before(one) for name, one in value.items()}
    return [as_before(one) for one in value] if isinstance(value, list | tuple) else value


def rewritten(members):
    """The same file as an earlier version would have written it; what is no message stays as it is."""
    found = {}
    for name, payload in members.items():
        values = None
        if name.endswith(".msgpack.gz"):
            with contextlib.suppress(ValueError, OSError, EOFError, RecursionError):
                content = gzip.decompress(payload)
                values = msgspec.msgpack.decode(content) if len(content) < 2**20 else None
        if values is None:
            found[name] = payload
        else:
            found[first_name(name)] = gzip.compress(json.dumps(as_before(values)).encode())
    return found


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    store = RunStore(folder)
    return members_of(exported(store, whole_run(store)))


def refused(store, payload, match):
    """The refusal is one sentence; nothing has changed."""
    before = everything(store.folder.parent)
    with pytest.raises(DataError, match=match) as caught:
        bring(store, payload)
    message = str(caught.value)
    assert "\n" not in message and len(message) < 500 and message.endswith(".")
    after = everything(store.folder.parent)
    assert after.keys() - {"runs"} == before.keys() - {"runs"}
    assert {name: when for name, when in after.items() if "/" in name} == {
        name: when for name, when in before.items() if "/" in name
    }
    return message


@pytest.mark.parametrize("case", HOSTILE)
def test_a_wrong_file_is_refused_in_one_sentence(store, good, case):
    change, match = HOSTILE[case]
    members = dict(good)
    change(members)
    assert members != good
    refused(store, zipped(members), match)
    if any(name.endswith(".gz") and members.get(name) != good[name] for name in good):
        refused(store, zipped(rewritten(members)), match.replace("msgpack.gz", r"(msgpack|json)\.gz"))


def test_a_file_as_before_is_right_too(store, good):
    run = store.open(bring(store, zipped(rewritten(good))))
    assert run.newest() == snapshot(TOTAL, "done", run_id=run.id)


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("value", [b"\xe0", b"\x90", b"\xa1a"], ids=["numbers", "lists", "texts"])
@pytest.mark.parametrize("entry", ["settings", "history", "panels", "numbers", "marks", "grid", "latent", "unknown"])
def test_what_a_small_file_unpacks_to_takes_little_memory(store, good, entry, value):
    whole = read(good, NEWEST)
    head = msgspec.msgpack.encode({name: one for name, one in whole.items() if name != entry})
    count = 15 * 2**20 // len(value)
    lists = b"\xdd" + count.to_bytes(4, "big") + value * count
    payload = b"\xde" + (len(whole)).to_bytes(2, "big") + head[1:] + msgspec.msgpack.encode(entry) + lists
    members = good | {NEWEST: gzip.compress(payload, 1)}
    packed = zipped(members)
    tracemalloc.start()
    try:
        with pytest.raises(DataError):
            bring(store, packed)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 64 * 2**20


def test_the_file_that_the_wrong_ones_were_made_of_is_right(store, good):
    assert store.open(bring(store, zipped(good))).state == "done"
    few = {name: good[name] for name in ("run.json", "status.json")}
    assert store.open(bring(store, zipped(few))).newest() is None


def test_a_file_cut_or_changed_anywhere_is_refused_or_harmless(store, good):
    payload = zipped(good)
    for length in [0, 1, 21, *range(100, len(payload), len(payload) // 40)]:
        refused(store, payload[:length], "must be|must have")
    for at in range(0, len(payload), len(payload) // 60):
        try:
            run_id = bring(store, payload[:at] + bytes([payload[at] ^ 255]) + payload[at + 1 :])
        except DataError as error:
            assert "\n" not in str(error)
        else:  # a date in the zip's index, or the like
            assert store.open(run_id).snapshots()[-1].latent == snapshot(TOTAL).latent


def test_an_index_that_hides_files_is_refused(store, good):
    """A longer comment of one file swallows the files that follow it in the index, and zipfile says nothing."""
    payload = zipped(good)
    first = payload.index(b"PK\1\2")
    for at in (32, 33):  # both bytes of the length of its comment
        hidden = bytearray(payload)
        hidden[first + at] ^= 255
        with zipfile.ZipFile(io.BytesIO(hidden)) if at == 33 else contextlib.nullcontext() as archive:
            assert archive is None or len(archive.namelist()) == 1
        refused(store, bytes(hidden), "must be a whole .zip file")


def test_links_doubles_and_other_zips_are_refused(store, good, tmp_path):
    link = zipfile.ZipInfo("model.keras")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    for extra, match in (
        (lambda archive: archive.writestr(link, "/etc/passwd"), "only known files"),
        (lambda archive: archive.writestr("run.json", b"{}"), "only known files, each once"),
        (lambda archive: archive.writestr("history.csv", b"", zipfile.ZIP_LZMA), "stored or deflated"),
    ):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, content in good.items():
                if name not in ("model.keras", "history.csv"):
                    archive.writestr(name, content)
            if "each once" in match:
                with pytest.warns(UserWarning, match="Duplicate"):
                    extra(archive)
            else:
                extra(archive)
        refused(store, stream.getvalue(), match)
    with pytest.raises(DataError, match="cannot be read"):
        bring(store, tmp_path / "nowhere.zip")
    refused(store, b"PK\5\6 and no more", "must be a .zip file")


def test_what_unpacks_to_too_much_is_refused(tmp_path, good):
    store = RunStore(tmp_path / "runs", limit_mb=2)
    large = dict(good) | {"model.keras": bytes(600_000)}
    assert len(zipped(large)) < 200_000
    refused(store, zipped(large), "must unpack to at most")
    refused(store, bytes(600_000), "must have 1 byte to")


def test_a_hostile_clock_does_not_keep_a_run_for_ever(store, good):
    members = dict(good)
    changed("status.json", finished=9e10, updated=9e10)(members)
    run = store.open(bring(store, zipped(members)))
    assert run.finished <= time.time() and run.updated <= time.time()
