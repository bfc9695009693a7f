"""Words of the field, explained wherever they stand: what the browser needs to know of the glossary."""

import functools
import json

from ae_core import lessons
from ae_core.lessons.glossary import GLOSSARY
from pages.ui import static, unseen
from pages.ui.words.language import _, known, language

LEARN = "learn"  # the page of lessons, relative to the app


def explain() -> None:
    """Has words explained on this page, whatever it shows. For app.py."""
    unseen.mount("words", "words.js", _address(known(language())).encode())


@functools.cache
def _address(_language: str) -> str:
    """Where the glossary of a language is, relative to the app."""
    return static.glossary(glossary())


def glossary() -> bytes:
    """The glossary in the reader's language as JSON, `Glossary` of `assets/javascript/words.js`."""
    entries = [
        {
            "term": _(one.term),
            "forms": sorted({form for text in (one.term, *one.also) for form in forms(_(text))}),
            "meaning": _(one.meaning),
            "lesson": one.lesson,
            "title": _(lessons.get(one.lesson).title) if one.lesson else "",
        }
        for one in GLOSSARY
    ]
    return json.dumps({"words": entries, "seen": _("Lesson:"), "address": LEARN}, ensure_ascii=False).encode()


def forms(text: str) -> list[str]:
    """The forms that a word's text names, between commas."""
    return [form.strip() for form in text.replace("、", ",").replace("，", ",").split(",") if form.strip()]
