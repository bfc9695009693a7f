"""Sentences with values in them are found again in time that grows with their length, whatever is in them."""

from typing import Any

import pytest

from ae_core import translation
from ae_core.translation import DEEPEST, LONGEST, TEMPLATE, Templates, said
from tests.catalogue import files

TEMPLATES = [(str(one.id), str(one.string)) for one in files.read("zh") if one.id and one.context == TEMPLATE]
PLACE = translation._PLACE
HOSTILE = [  # what is repeated, and the end
    ("x" + ": " * 30 + " must have values from ", "…"),
    (" must have values from ", " to . Received: x."),
    ("one of ", "a, b"),
    ("an integer from 1 to ", "9"),
    ("one cannot be read (", ")."),
    (" must be one of . Received: ", "."),
    ("x", " 1 is used instead."),
    ("a. ", "1 is used instead."),
    ("a because ", "b."),
]


class Counted(str):
    """A text that counts how many characters of it and its parts are looked at."""

    __slots__ = ("looks",)
    looks: list[int]

    def startswith(self, *given: Any) -> bool:
        self.looks.append(len(self))
        return super().startswith(*given)

    def endswith(self, *given: Any) -> bool:
        self.looks.append(len(self))
        return super().endswith(*given)

    def find(self, *given: Any) -> int:
        self.looks.append(len(self))
        return super().find(*given)

    def rfind(self, *given: Any) -> int:
        self.looks.append(len(self))
        return super().rfind(*given)

    def __getitem__(self, part: Any) -> "Counted":
        return counted(super().__getitem__(part), self.looks)


def counted(text: str, looks: list[int]) -> Counted:
    made = Counted(text)
    made.looks = looks
    return made


@pytest.mark.parametrize(("again", "end"), HOSTILE)
def test_a_sentence_made_to_take_long_does_not(again: str, end: str) -> None:
    looks: list[int] = []
    asked: list[int] = []

    def whole(text: str) -> str:
        asked.append(len(text))
        return text

    templates = Templates(files.place("zh", "mo").read_bytes(), whole)
    templates.filled(counted((again * LONGEST)[: LONGEST - len(end)] + end, looks))
    each = sum(2 + len(PLACE.findall(text)) for text, _translation in TEMPLATES)  # its ends, and what is between places
    assert LONGEST <= sum(looks) <= LONGEST * each * (DEEPEST + 1)
    assert sum(asked) <= LONGEST * (DEEPEST + 1)


def test_nothing_is_kept_of_a_text_that_is_too_long() -> None:
    translation._said.cache_clear()
    for length in (LONGEST + 1, 100 * LONGEST):
        text = ("one of " * length)[:length]
        assert said("zh", text) == text
    assert translation._said.cache_info().currsize == 0
    said("zh", "one of a, b")
    assert translation._said.cache_info().currsize == 1


@pytest.mark.parametrize(("text", "translated"), TEMPLATES)
def test_what_is_made_of_a_template_is_translated_by_it(text: str, translated: str) -> None:
    values = {name: f"‹{number}›" for number, name in enumerate(PLACE.findall(text))}
    if text.startswith(("{error} ", "{help} ")):
        values[PLACE.findall(text)[0]] = "‹0›."
    finished, expected = (PLACE.sub(lambda place: values[place[1]], one) for one in (text, translated))
    assert said("zh", finished) == expected


def test_values_within_values_are_translated_as_far_as_sentences_go() -> None:
    wrong = (
        "hidden must be at most 5 comma-separated entries, each an integer from 1 to 4096. Received: '0'."
        " 128 is used instead."
    )
    translated = said("zh", wrong)
    assert "1 到 4096 之间的整数" in translated and translated.endswith("改用 128。") and " must " not in translated


def test_other_letters_keep_their_distance_whatever_stands_at_a_place() -> None:
    for label, told in (("The upload 'a.csv'", "上传的文件 'a.csv' 必须"), ("The model", "模型必须")):
        assert said("zh", f"{label} must have columns. Received: none.") == f"{told}有列。收到：没有。"


def test_sentences_in_a_row_are_translated_one_by_one() -> None:
    notes = "2 broken pictures were left out: a.png, b.png. 1 file is no picture and left out: c.txt."
    assert said("zh", notes) == "2 张损坏的图像已略去：a.png, b.png。1 个文件不是图像，已略去：c.txt。"


def test_a_name_that_stands_twice_has_one_value() -> None:
    template = translation._Template("{name} is {name} and {other}.", "")
    assert template.values("a is a and b.") == {"name": "a", "other": "b"}
    assert template.values("a is c and b.") is None
    assert template.values("a is a and .") is None, "a value is never empty"
