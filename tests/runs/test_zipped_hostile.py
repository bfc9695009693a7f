"""Files of runs that are wrong, or hostile: each is refused in one sentence, and nothing is changed."""

import io
import json
import math
import stat
import time
import zipfile

import numpy as np
import pytest

from ae_core.errors import DataError
from ae_core.formats import packing
from ae_core.runs import RunStore
from ae_core.runs import zipped as run_zip
from tests.hostile import zipped
from tests.stored import SETTINGS, TOTAL, picture, setup, snapshot
from tests.whole_run import exported, members_of, model_file, whole_run

pytestmark = pytest.mark.usefixtures("unsynced", "at_once")


def everything(folder):
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in folder.rglob("*")}


def changed(name, **changes):
    """Other values in one of the files that hold names and values."""

    def change(members):
        if name.endswith(".gz"):
            members[name] = packing.dump(packing.load(members[name]) | changes)
        else:
            members[name] = json.dumps(json.loads(members[name]) | changes).encode()

    return change


def without(name, entry):
    def change(members):
        content = packing.load(members[name]) if name.endswith(".gz") else json.loads(members[name])
        del content[entry]
        members[name] = packing.dump(content) if name.endswith(".gz") else json.dumps(content).encode()

    return change


def grid(**changes):
    return changed("newest.json.gz", grid=snapshot(TOTAL)["grid"] | changes)


def history(**changes):
    return changed("newest.json.gz", history=snapshot(TOTAL)["history"] | changes)


def panel(name, **changes):
    panels = snapshot(TOTAL)["panels"]
    return changed("newest.json.gz", panels=panels | {name: panels.get(name, {}) | changes})


def atlas(**changes):
    return changed("setup.json.gz", atlas=setup()["atlas"] | changes)


def put(name, content):
    def change(members):
        members[name] = content() if callable(content) else content

    return change


def drop(name):
    return lambda members: members.pop(name)


def checkpoint_of(**arrays):
    def build():
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("values.json", arrays.pop("values", b"{}"))
            for name, content in arrays.items():
                if isinstance(content, bytes):
                    archive.writestr(f"{name}.npy", content)
                else:
                    with archive.open(f"{name}.npy", "w") as file:
                        np.lib.format.write_array(file, content)
        return stream.getvalue()

    return build


def bomb():
    return packing.zlib.compress(b"[" + b"0" * 40_000_000 + b"]", 9, 31)


NAN = {"$float": "nan"}
LONG = "x" * 5000
CUT_PNG = picture(7, 11)[:-3]
TEXT_PNG = picture(7, 11)[:33] + b"\0\0\0\x03tEXta\0b" + (0xDEADBEEF).to_bytes(4, "big") + picture(7, 11)[33:]

HOSTILE = {
    # run.json and status.json
    "no run.json": (drop("run.json"), "must hold run.json"),
    "no status.json": (drop("status.json"), "must hold status.json"),
    "newer format": (changed("run.json", format=2), "run.json.format must be"),
    "unknown entry": (changed("run.json", extra=1), "run.json.extra must not be there"),
    "no title": (without("run.json", "title"), "must have an entry 'title'"),
    "long title": (changed("run.json", title="x" * 81), "run.json.title must be a text"),
    "title with an escape": (changed("run.json", title="a\x1b[2J"), "run.json.title must be a text"),
    "title is a list": (changed("run.json", title=[]), "run.json.title must be a text"),
    "twin is a path": (changed("run.json", twin_of="../../../etc"), "twin_of must be the id of a run"),
    "owner is a text": (changed("run.json", owner="me"), "owner must be a fingerprint"),
    "created in no time": (changed("run.json", created="now"), "created must be a finite number"),
    "unknown origin": (changed("run.json", origin="heaven"), "origin must be one of"),
    "settings of no variant": (changed("run.json", settings={"variant": "gan"}), "variant must be one of"),
    "setting out of bounds": (
        changed("run.json", settings=SETTINGS.to_dict() | {"epochs": 10**9}),
        "epochs must be an integer",
    ),
    "setting unknown": (changed("run.json", settings=SETTINGS.to_dict() | {"evil": 1}), "'evil' is not a setting"),
    "settings no names": (changed("run.json", settings=[1]), "run.json.settings must be at most"),
    "variant no text": (changed("run.json", settings={"variant": ["sparse"]}), "variant must be a short plain name"),
    "state unknown": (changed("status.json", state="flying"), "state must be one of"),
    "step negative": (changed("status.json", step=-1), "status.json.step must be a whole number"),
    "step true": (changed("status.json", step=True), "status.json.step must be a whole number"),
    "epoch infinite": (put("status.json", b'{"epoch": Infinity}'), "must be whole"),
    "numbers are texts": (changed("status.json", numbers={"loss": "<b>"}), "numbers.loss must be a finite number"),
    "number with a formula's name": (changed("status.json", numbers={"=cmd()": 1}), "a name in status.json.numbers"),
    "too many numbers": (changed("status.json", numbers={f"n{i}": 1 for i in range(300)}), "at most 200 names"),
    "no json": (put("run.json", b"{"), "must be whole"),
    "no names": (put("run.json", b"[1, 2]"), "run.json must be names with values"),
    "deep json": (put("status.json", b"[" * 100_000 + b"]" * 100_000), "must be whole|names with values"),
    "huge number": (put("status.json", b'{"step": ' + b"9" * 10_000 + b"}"), "must be whole"),
    "not utf-8": (put("run.json", b'{"title": "\xff\xfe"}'), "must be whole"),
    # setup
    "snapshots without a setup": (drop("setup.json.gz"), "must hold setup.json.gz where"),
    "other settings": (
        changed("setup.json.gz", settings=SETTINGS.to_dict() | {"seed": 7}),
        "same settings in setup.json.gz",
    ),
    "labels too short": (changed("setup.json.gz", labels=b"\0" * 19), "setup.labels must be 20 bytes"),
    "labels a text": (changed("setup.json.gz", labels="0" * 20), "setup.labels must be 1 to"),
    "atlas of no columns": (atlas(columns=0), "columns must be a whole number from 1"),
    "atlas of another size": (atlas(png=picture(30, 7)), "must have 30×6 pixels"),
    "atlas no picture": (atlas(png=b"<svg onload=alert(1)>"), "plain PNG"),
    "atlas too large": (atlas(png=picture(9000, 2)), "plain PNG"),
    "tile of one number": (atlas(tile=[3]), "tile must be a list of 2 to 2"),
    "size and shape differ": (changed("setup.json.gz", input_size=10), "input_size must be 9"),
    "code of another size": (changed("setup.json.gz", code_size=3), "code_size must be 2"),
    "class names not texts": (changed("setup.json.gz", class_names=[1, 2]), "class_names must be a text"),
    "note too long": (changed("setup.json.gz", notes=[LONG]), "notes must be a text"),
    "panel without help": (changed("setup.json.gz", panels=[{"name": "filters", "title": "F"}]), "an entry 'help'"),
    "panel that no snapshot has": (
        changed("setup.json.gz", panels=[{"name": "ghost", "title": "G", "help": ""}]),
        "must have an entry 'ghost'",
    ),
    "rate not finite": (changed("setup.json.gz", live={"learning_rate": math.nan}), "live.learning_rate must be"),
    "total_steps a text": (changed("setup.json.gz", total_steps="9"), "total_steps must be a whole number"),
    "unknown entry too deep": (
        changed("setup.json.gz", more=json.loads("[" * 20 + "]" * 20)),
        "must be nested at most 12 deep",
    ),
    "unknown entry too long": (changed("setup.json.gz", more=LONG), "setup.more must be a text"),
    # snapshots
    "no newest": (drop("newest.json.gz"), "must hold newest.json.gz where"),
    "no history": (without("newest.json.gz", "history"), "must have a history"),
    "step beyond the end": (changed("newest.json.gz", step=TOTAL + 1), "step must be at most 1,000"),
    "latent too short": (changed("newest.json.gz", latent=b"\0" * 152), "latent must be 160 bytes"),
    "latent a list": (changed("newest.json.gz", latent=[0.0] * 40), "latent must be 0 to"),
    "state of a snapshot": (changed("newest.json.gz", state="<b>"), "state must be one of"),
    "columns of two lengths": (history(loss=[1.0]), "equally long columns"),
    "history not of numbers": (history(loss=["1"] * 100), "history.loss must be a finite number"),
    "history not growing": (history(step=list(range(1000, 0, -10))), "step must grow"),
    "history of no steps": (history(step=[None] * 100), "history.step must be a whole number"),
    "history without losses": (changed("newest.json.gz", history={"step": []}), "must have an entry 'epoch'"),
    "history too long": (
        changed("newest.json.gz", history={name: [0] * 3000 for name in snapshot(10)["history"]}),
        "0 to 2,000 entries",
    ),
    "history with a formula's name": (history(**{"=cmd|' /C calc'!A0": [0.0] * 100}), "must be a short plain name"),
    "epoch not finite": (changed("newest.json.gz", epoch=math.inf), "epoch must be a finite number"),
    "mark without a step": (changed("newest.json.gz", marks=[{"name": "a"}]), "must have an entry 'step'"),
    "grid of another size": (grid(png=picture(8, 11)), "png must be as large as its tiles"),
    "grid of fewer rows": (grid(rows=["original"]), "png must be as large as its tiles"),
    "grid cut": (grid(png=CUT_PNG), "plain PNG"),
    "grid with a text inside": (grid(png=TEXT_PNG), "plain PNG"),
    "grid with too few errors": (grid(errors=[0.1]), "errors must have 2 numbers"),
    "errors are texts": (grid(errors=["a", "b"]), "grid.errors must be"),
    "numbers are nested": (changed("newest.json.gz", numbers={"a": {"b": 1}}), "numbers.a must be a list"),
    "panel of another size": (panel("filters", png=picture(6, 3)), "png must be as large as its tiles"),
    "panel's caption": (panel("filters", caption=["<b>"]), "caption must be a text"),
    "bars of two lengths": (panel("usage", x=[1]), "as many places as bars"),
    "faint bar that is not there": (panel("usage", faint=[2]), "as many places as bars"),
    "panel without a kind": (panel("new"), "must have an entry 'kind'"),
    "unknown panel, wrong picture": (panel("new", kind="novel", sheet=[{"png": b"GIF89a"}]), "plain PNG"),
    "not gzip": (put("newest.json.gz", b"{}"), "must be whole"),
    "gzip cut": (lambda members: members.update({"newest.json.gz": members["newest.json.gz"][:-4]}), "must be whole"),
    "bomb": (put("newest.json.gz", bomb), "must be whole"),
    "too many values": (put("newest.json.gz", packing.zlib.compress(b"[" + b"[]," * 400_000 + b"[]]", 9, 31)), "whole"),
    "bytes that are none": (
        put("newest.json.gz", packing.zlib.compress(b'{"latent": {"$bytes": "?"}}', 9, 31)),
        "must be whole",
    ),
    "kept with a history": (changed("snapshot-0000000010.json.gz", history={}), "must have an entry|earlier snapshot"),
    "kept under another step": (changed("snapshot-0000000010.json.gz", step=11), "an earlier snapshot of that step"),
    "kept after the newest": (changed("newest.json.gz", step=5), "an earlier snapshot of that step"),
    "too many kept": (
        lambda members: members.update({f"snapshot-{i:010d}.json.gz": b"" for i in range(50)}),
        "at most 40 snapshots",
    ),
    # result
    "result without a test": (without("result.json", "test"), "must have an entry 'test'"),
    "result's columns": (changed("result.json", history={"loss": [1], "val_loss": []}), "equally long columns"),
    "result's settings": (changed("result.json", settings={"variant": "gan"}), "variant must be one of"),
    # checkpoint
    "checkpoint no zip": (put("checkpoint.npz", b"no zip at all, but long enough to look like one"), "must be a .npz"),
    "checkpoint without values": (put("checkpoint.npz", zipped({"a.npy": b""})), "must hold values.json"),
    "checkpoint's values": (put("checkpoint.npz", checkpoint_of(values=b"[]")), "must hold names and values"),
    "checkpoint of objects": (
        put("checkpoint.npz", checkpoint_of(a=np.array([{}], object))),
        "must be an array of numbers",
    ),
    "checkpoint of texts": (put("checkpoint.npz", checkpoint_of(a=np.array(["x"]))), "must be an array of numbers"),
    "checkpoint of records": (
        put("checkpoint.npz", checkpoint_of(a=np.zeros(2, [("x", "f4")]))),
        "must be an array of numbers",
    ),
    "array damaged": (put("checkpoint.npz", checkpoint_of(a=b"\x93NUMPY\1\0junk")), "whole NumPy array"),
    "array shorter than stated": (
        put(
            "checkpoint.npz",
            checkpoint_of(
                a=b"\x93NUMPY\1\0\x46\0{'descr': '<f4', 'fortran_order': False, 'shape': (1000000,), }    \n"
            ),
        ),
        "as long as it states|whole NumPy array",
    ),
    "array with a path": (put("checkpoint.npz", zipped({"values.json": b"{}", "../a.npy": b""})), "only known files"),
    # model
    "model no zip": (put("model.keras", b"\x89HDF" + b"\0" * 100), "must be a .keras file"),
    "model with code": (put("model.keras", model_file(evil_py=b"import os")), "only known files"),
    "model without weights": (put("model.keras", zipped({"config.json": b"{}"})), "Received: not all of them"),
    "model's weights": (put("model.keras", model_file(model_weights=b"")), "only known files|HDF5"),
    "weights no HDF5": (
        put("model.keras", zipped({"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": b"pickle"})),
        "must be an HDF5 file",
    ),
    "config no names": (put("model.keras", model_file(config_json=b"[]")), "config.json must hold names"),
    "config no json": (put("model.keras", model_file(config_json=b"\x80\x04.")), "must be whole"),
    # the zip itself
    "unknown member": (put("notes.txt", b"hello"), "only known files"),
    "path upwards": (put("../run.json", b"{}"), "only known files"),
    "absolute path": (put("/etc/passwd", b""), "only known files"),
    "folder": (put("snapshots/", b""), "only known files"),
    "lock": (put(".writer", b""), "only known files"),
    "other step's name": (put("snapshot-٠٠٠٠٠٠٠٠٠٠.json.gz", b""), "only known files"),
    "large run.json": (put("run.json", b" " * (run_zip.LARGEST_SMALL + 1)), "at most 1,048,576 bytes"),
}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    store = RunStore(folder)
    return members_of(exported(store, whole_run(store)))


def refused(store, payload, match):
    """The refusal is one sentence; nothing has changed."""
    before = everything(store.folder.parent)
    with pytest.raises(DataError, match=match) as caught:
        store.import_zip(payload)
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


def test_the_file_that_the_wrong_ones_were_made_of_is_right(store, good):
    assert store.open(store.import_zip(zipped(good))).state == "done"
    few = {name: good[name] for name in ("run.json", "status.json")}
    assert store.open(store.import_zip(zipped(few))).newest() is None


def test_a_file_cut_or_changed_anywhere_is_refused_or_harmless(store, good):
    payload = zipped(good)
    for length in [0, 1, 21, *range(100, len(payload), len(payload) // 40)]:
        refused(store, payload[:length], "must be|must have")
    for at in range(0, len(payload), len(payload) // 60):
        try:
            run_id = store.import_zip(payload[:at] + bytes([payload[at] ^ 255]) + payload[at + 1 :])
        except DataError as error:
            assert "\n" not in str(error)
        else:  # a date in the zip's index, or the like
            assert store.open(run_id).snapshots()[-1]["latent"] == snapshot(TOTAL)["latent"]


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
        store.import_zip(tmp_path / "nowhere.zip")
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
    run = store.open(store.import_zip(zipped(members)))
    assert run.finished <= time.time() and run.updated <= time.time()
