"""Values of a declared type from foreign bytes: what is wrong is said in one sentence, with its place."""

import math

import msgspec
import pytest

from ae_core.errors import WrongValueError
from ae_core.formats import typed
from ae_core.messages import Mark, RunAbout, Snapshot
from tests.stored import SETTINGS, snapshot

ABOUT = {
    "format": 1,
    "settings": SETTINGS.to_dict(),
    "title": "",
    "pinned": False,
    "owner": None,
    "origin": "app",
    "twin_of": None,
    "sweep": None,
    "created": 0.0,
}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": 5}, "run.title must be a text. Received: a whole number."),
        ({"title": "x" * 81}, "run.title must be a text of length <= 80. Received: another."),
        ({"format": 0}, "run.format must be a whole number >= 1. Received: another."),
        ({"origin": "hell"}, "run.origin must be one of app, command line, imported. Received: hell."),
        ({"sweep": "../.."}, "run.sweep must be the id of a run. Received: another."),
        ({"owner": "me"}, "run.owner must be a fingerprint. Received: another."),
        ({"twin_of": []}, "run.twin_of must be a text, or nothing. Received: a list."),
        ({"more": 1}, "run.more must not be there. Received: one that is."),
        ({"settings": {"a": {}}}, "run.settings[...] must be"),
        ({"settings": {"x" * 90: 1}}, "a name in run.settings must be a text of length <= 80. Received: another."),
        ({"created": 10**400}, "run.created must be"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(changes, sentence):
    with pytest.raises(WrongValueError) as caught:
        typed.from_json(msgspec.json.encode(ABOUT | changes), RunAbout, "run")
    assert str(caught.value).startswith(sentence)


def test_what_is_missing_is_named():
    with pytest.raises(WrongValueError, match="run must have an entry 'title'"):
        typed.from_json(b'{"format": 1, "settings": {}}', RunAbout, "run")
    with pytest.raises(WrongValueError, match=r"shot\.marks\[0\] must have an entry 'step'"):
        typed.from_msgpack(msgspec.msgpack.encode({"marks": [{}]}), Snapshot, "shot")


@pytest.mark.parametrize("payload", [b"", b"{", b'{"format": NaN}', b'{"title": "\xff"}', b'{"title": "x'])
def test_what_is_no_json_is_a_plain_error(payload):
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        typed.from_json(payload, RunAbout, "run")


def test_what_is_nested_too_deeply_is_refused():
    with pytest.raises(ValueError, match="nested too deeply"):
        typed.from_json(b'{"more": ' + b"[" * 200_000, Mark, "mark")


def test_numbers_that_went_astray_pass_where_they_may():
    lost = snapshot(10, pca_loss=math.nan, numbers={"a": math.inf, "b": [1, 0.5, None], "c": 3})
    again = typed.from_msgpack(msgspec.msgpack.encode(lost), Snapshot, "shot")
    assert math.isnan(again.pca_loss) and again.numbers == lost.numbers
    assert [type(one) for one in again.numbers["b"]] == [int, float, type(None)] and type(again.numbers["c"]) is int
    mark = {"step": 1, "epoch": math.inf, "name": "a", "from": 0.0, "to": 1.0}
    with pytest.raises(WrongValueError, match=r"mark\.epoch must be a number <= 1e"):
        typed.from_values(mark, Mark, "mark")


def test_texts_must_be_printable_wherever_they_stand():
    typed.check_texts(snapshot(10, phase="naïve – ∞\n"), "shot")
    for changes, place in (
        ({"phase": "a\x1b[2J"}, "shot.phase"),
        ({"marks": [Mark(step=1, epoch=0.1, name="a\u202e", before=0.0, after=1.0)]}, r"shot\.marks\[0\]\.name"),
        ({"grid": msgspec.structs.replace(snapshot(10).grid, rows=["ok", "\0"])}, r"shot\.grid\.rows\[1\]"),
    ):
        with pytest.raises(WrongValueError, match=f"{place} must be a text of printable"):
            typed.check_texts(snapshot(10, **changes), "shot")
