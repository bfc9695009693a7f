"""Changes that make the file of a run wrong or hostile, each with the sentence in which it is refused."""

import gzip
import io
import json
import math
import zipfile

import msgspec
import numpy as np
from msgspec.structs import replace

from ae_core.messages import encode_state
from ae_core.runs import zipped as run_zip
from ae_core.runs.files import NEWEST, SETUP, first_name
from tests.hostile import zipped
from tests.stored import SETTINGS, TOTAL, batch, picture, setup, snapshot, training_state
from tests.whole_run import model_file


def values_of(message):
    """A message as plain values and bytes."""
    return msgspec.to_builtins(message, builtin_types=(bytes,))


SMALL_BATCH = replace(batch(), pictures=replace(batch().pictures, png=picture(8, 2)))


def read(members, name):
    """The plain values in one of the files."""
    payload = members[name]
    return msgspec.msgpack.decode(gzip.decompress(payload)) if name.endswith(".gz") else json.loads(payload)


def write(members, name, values):
    """Puts plain values into one of the files, whatever they are."""
    if name.endswith(".gz"):
        members[name] = gzip.compress(msgspec.msgpack.encode(values), 1)
    else:
        members[name] = json.dumps(values).encode()


def changed(name, **changes):
    """Other values in one of the files that hold names and values."""
    return lambda members: write(members, name, read(members, name) | changes)


def without(name, entry):
    def change(members):
        content = read(members, name)
        del content[entry]
        write(members, name, content)

    return change


def grid(**changes):
    return changed(NEWEST, grid=values_of(snapshot(TOTAL).grid) | changes)


def history(**changes):
    return changed(NEWEST, history=snapshot(TOTAL).history | changes)


def plane(**changes):
    return changed(NEWEST, plane=values_of(snapshot(TOTAL).plane) | changes)


def panel(name, **changes):
    panels = values_of(snapshot(TOTAL).panels)
    return changed(NEWEST, panels=panels | {name: panels.get(name, {}) | changes})


def atlas(**changes):
    return changed(SETUP, atlas=values_of(setup().atlas) | changes)


def put(name, content):
    def change(members):
        members[name] = content() if callable(content) else content

    return change


def in_first_format(name, text):
    """A message's file as an earlier version wrote it, with this JSON."""

    def change(members):
        del members[name]
        members[first_name(name)] = gzip.compress(text)

    return change


def drop(name):
    return lambda members: members.pop(name)


def checkpoint_of(**arrays):
    def build():
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("values.msgpack", arrays.pop("values", encode_state(training_state(20))))
            for name, content in arrays.items():
                if isinstance(content, bytes):
                    archive.writestr(f"{name}.npy", content)
                else:
                    with archive.open(f"{name}.npy", "w") as file:
                        np.lib.format.write_array(file, content)
        return stream.getvalue()

    return build


def bomb():
    return gzip.compress(b"[" + b"0" * 40_000_000 + b"]", 9)


LONG = "x" * 5000


CUT_PNG = picture(7, 11)[:-3]


TEXT_PNG = picture(7, 11)[:33] + b"\0\0\0\x03tEXta\0b" + (0xDEADBEEF).to_bytes(4, "big") + picture(7, 11)[33:]


HOSTILE = {
    # run.json and status.json
    "no run.json": (drop("run.json"), "must hold run.json"),
    "no status.json": (drop("status.json"), "must hold status.json"),
    "newer format": (changed("run.json", format=3), "run.json.format must be at most 2"),
    "unknown entry": (changed("run.json", extra=1), "run.json.extra must not be there"),
    "no title": (without("run.json", "title"), "must have an entry 'title'"),
    "long title": (changed("run.json", title="x" * 81), "run.json.title must be a text of length <= 80"),
    "title with an escape": (changed("run.json", title="a\x1b[2J"), "run.json.title must be a text"),
    "title is a list": (changed("run.json", title=[]), "run.json.title must be a text. Received: a list"),
    "twin is a path": (changed("run.json", twin_of="../../../etc"), "twin_of must be the id of a run"),
    "owner is a text": (changed("run.json", owner="me"), "owner must be a fingerprint"),
    "created in no time": (changed("run.json", created="now"), "created must be a number. Received: a text"),
    "unknown origin": (changed("run.json", origin="heaven"), "run.json.origin must be one of app, "),
    "settings of no variant": (changed("run.json", settings={"variant": "gan"}), "variant must be one of"),
    "setting out of bounds": (
        changed("run.json", settings=SETTINGS.to_dict() | {"epochs": 10**9}),
        "epochs must be an integer",
    ),
    "setting unknown": (changed("run.json", settings=SETTINGS.to_dict() | {"evil": 1}), "'evil' is not a setting"),
    "settings no names": (changed("run.json", settings=[1]), "run.json.settings must be names with values"),
    "variant no text": (changed("run.json", settings={"variant": ["sparse"]}), "variant must be a short plain name"),
    "state unknown": (changed("status.json", state="flying"), "status.json.state must be one of queued, running"),
    "step negative": (changed("status.json", step=-1), "status.json.step must be a whole number"),
    "step true": (changed("status.json", step=True), "status.json.step must be a whole number"),
    "epoch infinite": (put("status.json", b'{"epoch": Infinity}'), "must be whole"),
    "numbers are texts": (
        changed("status.json", numbers={"loss": "<b>"}),
        "status.json.numbers.* must be a .*number",
    ),
    "number with a formula's name": (changed("status.json", numbers={"=cmd()": 1}), "a name in status.json.numbers"),
    "too many numbers": (
        changed("status.json", numbers={f"n{i}": 1 for i in range(300)}),
        "json.numbers must be names with values of length <= 200",
    ),
    "no json": (put("run.json", b"{"), "must be whole"),
    "no names": (put("run.json", b"[1, 2]"), "run.json must be names with values"),
    "deep json": (put("status.json", b"[" * 100_000 + b"]" * 100_000), "must be whole|names with values"),
    "huge number": (put("status.json", b'{"step": ' + b"9" * 10_000 + b"}"), "step must be within bounds"),
    "not utf-8": (put("run.json", b'{"title": "\xff\xfe"}'), "must be whole"),
    # setup
    "snapshots without a setup": (drop(SETUP), "must hold setup.msgpack.gz where"),
    "other settings": (
        changed(SETUP, settings=SETTINGS.to_dict() | {"seed": 7}),
        "same settings in setup.msgpack.gz",
    ),
    "labels too short": (changed(SETUP, labels=b"\0" * 19), "setup.labels must be 20 bytes"),
    "labels a text": (changed(SETUP, labels="0" * 20), "setup.labels must be (20 )?bytes"),
    "atlas of no columns": (atlas(columns=0), "setup.atlas.columns must be a whole number >= 1"),
    "atlas of another size": (atlas(png=picture(30, 7)), "must have 30×6 pixels"),
    "atlas no picture": (atlas(png=b"<svg onload=alert(1)>"), "plain PNG"),
    "atlas too large": (atlas(png=picture(9000, 2)), "plain PNG"),
    "tile of one number": (atlas(tile=[3]), "setup.atlas.tile must be a list of length 2"),
    "size and shape differ": (changed(SETUP, input_size=10), "input_size must be 9"),
    "code of another size": (changed(SETUP, code_size=3), "code_size must be 2"),
    "class names not texts": (changed(SETUP, class_names=[1, 2]), "setup.class_names.* must be a text"),
    "note too long": (changed(SETUP, notes=[LONG]), "setup.notes.* must be a text of length <= 4000"),
    "panel without help": (changed(SETUP, panels=[{"name": "filters", "title": "F"}]), "an entry 'help'"),
    "panel that no snapshot has": (
        changed(SETUP, panels=[{"name": "ghost", "title": "G", "help": ""}]),
        "must have an entry 'ghost'",
    ),
    "rate not finite": (changed(SETUP, live={"learning_rate": math.nan}), "setup.live.* must be a .*number"),
    "total_steps a text": (changed(SETUP, total_steps="9"), "total_steps must be a whole number"),
    "unknown entry too deep": (
        put(SETUP, gzip.compress(b"\x81\xa4more" + b"\x91" * 200_000 + b"\x90")),
        "must be whole",
    ),
    # snapshots
    "no newest": (drop(NEWEST), "must hold newest.msgpack.gz where"),
    "no history": (without(NEWEST, "history"), "must have a history"),
    "step beyond the end": (changed(NEWEST, step=TOTAL + 1), "step must be at most 1,000"),
    "latent too short": (changed(NEWEST, latent=b"\0" * 152), "latent must be 160 bytes"),
    "latent a list": (changed(NEWEST, latent=[0.0] * 40), "gz.latent must be bytes. Received: a list"),
    "state of a snapshot": (
        changed(NEWEST, state="<b>"),
        "gz.state must be one of .*Received: <b>",
    ),
    "columns of two lengths": (history(loss=[1.0]), "equally long columns"),
    "history not of numbers": (
        history(loss=["1"] * 100),
        "gz.history.* must be a .*number",
    ),
    "history not growing": (history(step=list(range(1000, 0, -10))), "step must grow"),
    "history of no steps": (history(step=[None] * 100), "history.step must be whole numbers"),
    "history without losses": (changed(NEWEST, history={"step": []}), "must have an entry 'epoch'"),
    "history too long": (
        changed(NEWEST, history={name: [0] * 3000 for name in snapshot(10).history}),
        "history.* must be a list of length <= 2000",
    ),
    "history with a formula's name": (history(**{"=cmd|' /C calc'!A0": [0.0] * 100}), "must be a short plain name"),
    "epoch not finite": (changed(NEWEST, epoch=math.inf), "gz.epoch must be a number <= 1e"),
    "mark without a step": (changed(NEWEST, marks=[{"name": "a"}]), "must have an entry 'step'"),
    "grid of another size": (grid(png=picture(8, 11)), "png must be as large as its tiles"),
    "grid of fewer rows": (grid(rows=["original"]), "png must be as large as its tiles"),
    "grid cut": (grid(png=CUT_PNG), "plain PNG"),
    "grid with a text inside": (grid(png=TEXT_PNG), "plain PNG"),
    "grid with too few errors": (grid(errors=[0.1]), "errors must have 2 numbers"),
    "errors are texts": (
        grid(errors=["a", "b"]),
        "gz.grid.errors.* must be a .*number",
    ),
    "plane of another size": (plane(png=picture(15, 14)), "plane.png must have 15×15 pixels"),
    "plane no picture": (plane(png=b"<svg>"), "plain PNG"),
    "plane that ends before it begins": (plane(x=[1.0, 1.0]), "plane.x must end above its beginning"),
    "plane without an end": (plane(y=[0.0, math.inf]), "plane.y.* must be a number <= 1e"),
    "plane of one number": (plane(x=[0.0]), "plane.x must be a list of length 2"),
    "plane of longer codes": (changed(SETUP, code_size=3, code_shape=[3]), "plane must be left out"),
    "numbers are nested": (
        changed(NEWEST, numbers={"a": {"b": 1}}),
        "gz.numbers.* must be .*a list.*Received: names with values",
    ),
    "panel of another size": (panel("filters", png=picture(6, 3)), "png must be as large as its tiles"),
    "panel's caption": (
        panel("filters", caption=["<b>"]),
        "gz.panels.*caption must be a text. Received: a list",
    ),
    "bars of two lengths": (panel("usage", x=[1]), "as many places as bars"),
    "faint bar that is not there": (panel("usage", faint=[2]), "as many places as bars"),
    "panel without a kind": (panel("new"), "must have an entry 'kind'"),
    "panel of an unknown kind": (panel("new", kind="novel", sheet=[{"png": b"GIF89a"}]), "panels.*kind must be one of"),
    "picture of another kind": (panel("filters", png=b"GIF89a"), "panels.filters.png must be a whole plain PNG"),
    "mark with an escape": (changed(NEWEST, phase="a\x1b[2J"), "gz.phase must be a text of printable"),
    "row with an escape": (panel("filters", rows=["a\u202eb"]), "panels.filters.rows.0. must be a text of printable"),
    "not gzip": (put(NEWEST, b"{}"), "must be whole"),
    "gzip cut": (lambda members: members.update({NEWEST: members[NEWEST][:-4]}), "must be whole"),
    "bomb": (put(NEWEST, bomb), "must be whole"),
    "too many values": (
        put(NEWEST, gzip.compress(b"\x81\xa7history\x81\xa4loss\xdd\x00\xf0\x00\x00" + b"\xe0" * 15_728_640)),
        "must be a list of length <= 2000",
    ),
    "too many values of before": (in_first_format(NEWEST, b"[" + b"[]," * 400_000 + b"[]]"), "whole"),
    "too deep of before": (in_first_format(NEWEST, b"[" * 200_000 + b"]" * 200_000), "whole"),
    "bytes that are none": (in_first_format(NEWEST, b'{"latent": {"$bytes": "?"}}'), "must be whole"),
    "no seconds": (changed(NEWEST, seconds=None), "gz.seconds must be a .*number"),
    "kept with a history": (
        changed("snapshot-0000000010.msgpack.gz", history={name: [0] for name in snapshot(10).history}),
        "earlier snapshot",
    ),
    "kept with half a history": (
        changed("snapshot-0000000010.msgpack.gz", history={"loss": [0]}),
        "must have an entry 'step'",
    ),
    "kept under another step": (changed("snapshot-0000000010.msgpack.gz", step=11), "an earlier snapshot of that step"),
    "kept after the newest": (changed(NEWEST, step=5), "an earlier snapshot of that step"),
    "places of one byte": (changed("snapshot-0000000010.msgpack.gz", latent=b"abc"), "be two places of two bytes"),
    "fewer places": (changed("snapshot-0000000010.msgpack.gz", latent=bytes(8)), "latent must be 160 bytes"),
    "half a span": (changed("snapshot-0000000010.msgpack.gz", span=[0.0, 1.0]), "span"),
    "a span that is none": (changed("snapshot-0000000010.msgpack.gz", span=[0.0, math.nan, 0.0, 1.0]), "span"),
    "a batch of another size": (
        changed(NEWEST, batch=values_of(SMALL_BATCH)),
        r"batch.pictures.png must be as large",
    ),
    "too many kept": (
        lambda members: members.update({f"snapshot-{i:010d}.msgpack.gz": b"" for i in range(200)}),
        "at most 160 snapshots",
    ),
    # result
    "result without a test": (without("result.json", "test"), "must have an entry 'test'"),
    "result's columns": (changed("result.json", history={"loss": [1], "val_loss": []}), "equally long columns"),
    "result's settings": (changed("result.json", settings={"variant": "gan"}), "variant must be one of"),
    # checkpoint
    "checkpoint no zip": (put("checkpoint.npz", b"no zip at all, but long enough to look like one"), "must be a .npz"),
    "checkpoint without values": (put("checkpoint.npz", zipped({"a.npy": b""})), "must hold values.msgpack"),
    "checkpoint's values": (
        put("checkpoint.npz", checkpoint_of(values=b"\x90")),
        "msgpack must be names with values",
    ),
    "checkpoint's values of before": (
        put("checkpoint.npz", zipped({"values.json": b"[]"})),
        "values.json must be names with values",
    ),
    "checkpoint's values cut": (put("checkpoint.npz", checkpoint_of(values=b"\x81")), "values.msgpack must be whole"),
    "checkpoint without a step": (put("checkpoint.npz", checkpoint_of(values=b"\x80")), "must have an entry 'step'"),
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
    "array with a path": (
        put("checkpoint.npz", zipped({"values.msgpack": b"", "../a.npy": b""})),
        "only known files",
    ),
    # model
    "model no zip": (put("model.keras", b"\x89HDF" + b"\0" * 100), "must be a .keras file"),
    "model with code": (put("model.keras", model_file(evil_py=b"import os")), "only known files"),
    "model without weights": (put("model.keras", zipped({"config.json": b"{}"})), "Received: not all of them"),
    "model's weights": (put("model.keras", model_file(model_weights=b"")), "only known files|HDF5"),
    "weights no HDF5": (
        put("model.keras", zipped({"config.json": b"{}", "metadata.json": b"{}", "model.weights.h5": b"pickle"})),
        "must be an HDF5 file",
    ),
    "config no names": (put("model.keras", model_file(config_json=b"[]")), "config.json must be names with values"),
    "config no json": (put("model.keras", model_file(config_json=b"\x80\x04.")), "must be whole"),
    # the zip itself
    "unknown member": (put("notes.txt", b"hello"), "only known files"),
    "path upwards": (put("../run.json", b"{}"), "only known files"),
    "absolute path": (put("/etc/passwd", b""), "only known files"),
    "folder": (put("snapshots/", b""), "only known files"),
    "lock": (put(".writer", b""), "only known files"),
    "other step's name": (put("snapshot-٠٠٠٠٠٠٠٠٠٠.msgpack.gz", b""), "only known files"),
    "large run.json": (put("run.json", b" " * (run_zip.LARGEST_SMALL + 1)), "at most 1,048,576 bytes"),
}
