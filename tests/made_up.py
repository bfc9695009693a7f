"""Made-up cases of whatever strangers send: settings, addresses, arguments, uploads, runs in a zip.

Each kind has a strategy, which makes cases, and a check: what comes is taken, or refused in a sentence that names no
place on this machine; nothing else is raised, and nothing is written outside of its folder. That none takes a second
is seen to where there are many, in `tests/soak`.
"""

import argparse
import contextlib
import functools
import gzip
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from hypothesis import strategies
from hypothesis.strategies import SearchStrategy

from ae_core import variants
from ae_core.cli import experiment
from ae_core.data import uploads
from ae_core.errors import DataError, SettingError
from ae_core.folders import uploads_folder
from ae_core.runs import RunStore
from ae_core.settings import options
from ae_core.variants import read_settings
from pages.ui.form import form
from pages.ui.words.language import spoken
from tests import hostile, whole_run
from tests.conftest import ROOT
from tests.texts import FOREIGN

LONGEST_SENTENCE = 600
OWNER = "0" * 64

NAMES = sorted({name for one in variants.registry().values() for name in options(one.settings)})
NUMBERS = ("0", "-1", "1", "2", "1e999", "nan", "-inf", "0x10", "1_000", "٣", "1e-320", "9" * 400, "0.5", "1.0", " 7 ")
WORDS = (*variants.registry(), "digits", "mnist", "true", "false", "none", "null", "64,32", ",,,", "1," * 99, "adam")
VALUES = strategies.sampled_from((*NUMBERS, *WORDS)) | FOREIGN
ANYTHING: SearchStrategy[Any] = strategies.one_of(
    VALUES,
    strategies.none() | strategies.booleans(),
    strategies.integers() | strategies.floats(),
    strategies.lists(VALUES | strategies.integers(), max_size=4),
    strategies.binary(max_size=8),
)
KEYS = strategies.sampled_from(["variant", "dataset", "run", "frame", "pace", *NAMES]) | FOREIGN
BYTES = strategies.binary(max_size=200)


def check_sentence(text: str) -> None:
    """Checks what a person is told: one sentence, and nothing of this machine."""
    assert text.strip(), "nothing is said"
    assert len(text) < LONGEST_SENTENCE, text
    assert text.splitlines() == [text], repr(text)
    assert "Traceback" not in text
    for place in (ROOT, Path.home(), Path(tempfile.gettempdir())):
        assert str(place) not in text, text


@contextlib.contextmanager
def refused() -> Iterator[None]:
    """Inside it, something may be refused in a sentence."""
    try:
        yield
    except (SettingError, DataError) as error:
        check_sentence(str(error))


def check_settings(values: Mapping[str, Any]) -> None:
    """Settings of any type, as a stored run or a zip has them."""
    with refused():
        found = read_settings(values)
        assert read_settings(found.to_dict()) == found


def check_address(parameters: Mapping[str, str]) -> None:
    """Parameters of an address, which fill the form."""
    with spoken("en"):
        filled, sentences = form.from_address(parameters)
    for sentence in sentences:
        check_sentence(sentence)
    with refused():
        address = form.to_address(filled.settings())
        assert form.from_address(address)[0].settings() == filled.settings()


def check_arguments(arguments: list[str]) -> None:
    """Arguments of the command line."""
    parser = argparse.ArgumentParser()
    experiment.add_arguments(parser)
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            given = parser.parse_args(arguments)
        except SystemExit as end:
            assert end.code == 2
            return
    with refused():
        experiment.settings(given)


@contextlib.contextmanager
def nothing_outside(folder: Path) -> Iterator[None]:
    """Inside it, nothing appears beside a folder."""

    def others() -> set[Path]:
        return {path for path in folder.parent.rglob("*") if folder not in (path, *path.parents)}

    before = others()
    yield
    assert others() == before


def check_upload(file: tuple[str, bytes]) -> None:
    """A file of data."""
    with nothing_outside(uploads_folder()), refused():
        kept = uploads.keep_upload(*file, owner=OWNER)
        assert kept.parent == uploads_folder()
        kept.unlink()


def check_run(payload: bytes) -> None:
    """A run in a zip file."""
    store = RunStore()
    with nothing_outside(store.folder), refused():
        run_id = store.import_zip(payload, OWNER, renew=lambda path, settings, spec: None)
        assert store.open(run_id).owner == OWNER
        store.remains(run_id)
        store.remove(run_id)


@functools.cache
def members() -> dict[str, bytes]:
    """Files of a whole run, as they are exported."""
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(Path(folder))
        return whole_run.members_of(whole_run.exported(store, whole_run.whole_run(store)))


@strategies.composite
def damaged(draw: Callable[[SearchStrategy[Any]], Any], whole: SearchStrategy[bytes]) -> bytes:
    """Bytes that were cut, or of which some have changed."""
    content = bytearray(draw(whole))
    for _ in range(draw(strategies.integers(0, 3))):
        if content:
            place = draw(strategies.integers(0, len(content) - 1))
            content[place : place + draw(strategies.integers(0, 9))] = draw(strategies.binary(max_size=9))
    return (
        bytes(content[: draw(strategies.integers(0, len(content)))]) if draw(strategies.booleans()) else bytes(content)
    )


def inside(value: Any, draw: Callable[[SearchStrategy[Any]], Any]) -> Any:
    """Plain values of which one, anywhere, has become another, or is missing."""
    if isinstance(value, dict) and value and draw(strategies.integers(0, 9)):
        name = draw(strategies.sampled_from(sorted(value)))
        if draw(strategies.integers(0, 9)) == 0:
            return {key: one for key, one in value.items() if key != name}
        return value | {name: inside(value[name], draw)}
    if isinstance(value, list) and value and draw(strategies.integers(0, 3)):
        place = draw(strategies.integers(0, len(value) - 1))
        return [*value[:place], inside(value[place], draw), *value[place + 1 :]]
    if isinstance(value, bytes):
        return draw(damaged(strategies.just(value)))
    return draw(ANYTHING)


def changed(name: str, content: bytes, draw: Callable[[SearchStrategy[Any]], Any]) -> bytes:
    """A file of a run that is whole but says something else; damaged where it says nothing that can be changed."""
    if name.endswith(".json"):
        return json.dumps(inside(json.loads(content), draw), default=str).encode()
    if name.endswith(".msgpack.gz"):
        value = inside(msgspec.msgpack.decode(gzip.decompress(content)), draw)
        with contextlib.suppress(OverflowError):  # whole numbers of more than 64 bits have no form there
            return gzip.compress(msgspec.msgpack.encode(value, enc_hook=str), 1, mtime=0)
    return draw(damaged(strategies.just(content)))


@strategies.composite
def runs(draw: Callable[[SearchStrategy[Any]], Any]) -> bytes:
    """A zip of a run in which files say something else, or are damaged, missing, added, or exchanged."""
    files = dict(members())
    names = strategies.sampled_from(sorted(files))
    for _ in range(draw(strategies.integers(1, 3))):
        change = draw(strategies.sampled_from(("change", "change", "change", "damage", "leave out", "exchange", "add")))
        one, other = draw(names), draw(names)
        if change == "change":
            files[one] = changed(one, members()[one], draw)
        elif change == "damage":
            files[one] = draw(damaged(strategies.just(members()[one])))
        elif change == "leave out":
            files.pop(one, None)
        elif change == "exchange":
            files[one] = members()[other]
        else:
            files[member_name(draw)] = draw(BYTES)
    payload = hostile.zipped(files)
    return draw(damaged(strategies.just(payload))) if draw(strategies.integers(0, 9)) == 0 else payload


def member_name(draw: Callable[[SearchStrategy[Any]], Any]) -> str:
    """A name in a zip; Python's own module cuts it at a NUL."""
    return draw(FOREIGN.map(lambda name: name.replace("\0", "") or "x"))


@strategies.composite
def arrays(draw: Callable[[SearchStrategy[Any]], Any]) -> bytes:
    """An `.npz` file of arrays of any kind and shape, small, and more often of such as can be data."""
    named = {}
    names = ("y_train", "x_test", "y_test", "class_names", "title", "z")
    for name in ("x_train", *draw(strategies.sets(strategies.sampled_from(names)))):
        likely = draw(strategies.integers(0, 4))
        shape = {"x": (30, 8, 8), "y": (30,), "c": (2,), "t": (1,), "z": ()}[name[0]]
        if not likely:
            shape = tuple(draw(strategies.lists(strategies.sampled_from((0, 1, 3, 8, 30)), max_size=4)))
        kinds = ("u1", "f4") if name[0] in "xy" and likely else ("i8", "f2", "f8", "?", "U5", "c8", "M8[s]", "S3", "u1")
        value = draw(strategies.sampled_from((0, 1, 255)))
        named[name] = np.full(shape, value).astype(draw(strategies.sampled_from(kinds)))
    return hostile.packed(**named)


@strategies.composite
def pictures(draw: Callable[[SearchStrategy[Any]], Any]) -> bytes:
    """A zip of pictures in folders of any name."""
    kinds = strategies.sampled_from(("PNG", "JPEG", "BMP", "GIF", "WEBP"))
    folders = [member_name(draw) for _ in range(3)]
    files = {}
    for number in range(draw(strategies.sampled_from((0, 9, 21, 24)))):
        kind, side = draw(kinds), draw(strategies.sampled_from((1, 8, 40)))
        content = hostile.picture((number, 0, 0), (side, 8), kind)
        if draw(strategies.integers(0, 60)) == 0:
            content = draw(damaged(strategies.just(content)))
        files[f"{folders[number % 3]}/{number}.{kind.lower()}"] = content
    return hostile.zipped(files)


@strategies.composite
def values_of(draw: Callable[[SearchStrategy[Any]], Any], other: SearchStrategy[Any]) -> dict[str, object]:
    """Settings of a variant, by name: most at a bound or one of the choices, some anything."""
    kind = draw(strategies.sampled_from(sorted(variants.registry())))
    known = options(variants.registry()[kind].settings)
    found: dict[str, object] = {"variant": kind, "dataset": "digits"}
    for name in draw(strategies.lists(strategies.sampled_from(sorted(known)), max_size=5)):
        option = known[name]
        likely = [*option.choices, *(one for one in (option.low, option.high) if one is not None)]
        found[name] = draw(strategies.sampled_from(likely) if likely and draw(strategies.booleans()) else other)
    if draw(strategies.integers(0, 3)) == 0:
        found |= draw(strategies.dictionaries(KEYS, other, max_size=2))
    return found


FILE_NAMES = FOREIGN.map(lambda name: f"{name}.npz") | strategies.sampled_from(("a.zip", "../a.zip", "a.npz.exe", ""))
FILES = strategies.tuples(FILE_NAMES, damaged(arrays() | pictures()) | arrays() | pictures() | BYTES)
PARAMETERS = values_of(VALUES).map(lambda values: {name: str(value) for name, value in values.items()})
PAIRS = PARAMETERS.map(lambda values: [f"{name}={value}" for name, value in values.items()])
SETS = PAIRS | strategies.lists(FOREIGN, max_size=2)

KINDS: dict[str, tuple[SearchStrategy[Any], Callable[[Any], None]]] = {
    "settings": (values_of(ANYTHING), check_settings),
    "addresses": (PARAMETERS, check_address),
    "arguments": (SETS.map(lambda pairs: [part for one in pairs for part in ("--set", one)]), check_arguments),
    "uploads": (FILES, check_upload),
    "runs": (runs(), check_run),
}
"""By name: what makes cases, and what checks one."""
