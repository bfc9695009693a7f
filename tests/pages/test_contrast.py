"""Contrast by arithmetic: what the style sheets say, in the colours of both themes."""

import re
import tomllib

import pytest

from pages.ui import style
from tests.conftest import ROOT
from tests.contrast import GRAPHIC, TEXT, colour, contrast, over

THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
SHEETS = (*style.SHEETS, "phone.css", "web_page.css", "present.css", "bare.css", "embed.css")
TONE = re.compile(r"light-dark\((#\w+), (#\w+)\)")
TINT = 0.13  # as much of its own colour lies behind a word that says how something stands
# What is seen less on purpose, as nothing is to be read or pressed there: it waits, is empty, or blinks.
FAINT = re.compile(r"\[disabled\]|\[data-empty\]|\[data-code=\"\"\]|ae-empty|^50%|ae-stale")
# Tones that are lines and fills and no words, or that stand on a colour of their own.
OTHERS = re.compile(r"ae-odd-curve|^button|^label|^:root|^body|data-testid|ae-taken")


def rules() -> list[tuple[str, str]]:
    """Each selector of the style sheets, and what it declares."""
    text = "".join(re.sub(r"/\*.*?\*/", "", style.sheet(name), flags=re.DOTALL) for name in SHEETS)
    return [(selector.strip(), body) for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_text_lets_so_much_through_that_it_is_hard_to_read(theme):
    text, page = (colour(THEMES[theme][name]) for name in ("textColor", "secondaryBackgroundColor"))
    seen = 0
    for selector, body in rules():
        opacity = re.search(r"(?<!-)opacity: ([\d.]+)", body)
        if opacity and float(opacity[1]) > 0 and not FAINT.search(selector):
            seen += 1
            assert contrast(over(text, page, float(opacity[1])), page) >= TEXT, selector
    assert seen > 15


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_in_a_colour_can_be_read_on_a_tint_of_it(theme):
    page = colour(THEMES[theme]["backgroundColor"])
    seen = 0
    for selector, body in rules():
        for pair in TONE.findall(body):
            if not OTHERS.search(selector):
                tone = colour(pair[theme == "dark"])
                seen += 1
                assert contrast(tone, over(tone, page, TINT)) >= TEXT, (selector, pair)
    assert seen > 8


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_and_the_colour_of_the_theme_stand_out(theme):
    page = colour(THEMES[theme]["backgroundColor"])
    for selector, body in rules():
        if "ae-odd-curve" in selector:
            for pair in TONE.findall(body):
                assert contrast(colour(pair[theme == "dark"]), page) >= GRAPHIC, selector
    assert contrast(colour(THEMES[theme]["primaryColor"]), page) >= TEXT
    assert contrast(colour(THEMES[theme]["textColor"]), page) >= TEXT


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_on_the_colour_of_the_theme_can_be_read(theme):
    said = dict(rules())['[data-testid^="stBaseButton-primary"]:not([disabled])']
    on = colour(TONE.findall(said)[0][theme == "dark"])
    assert contrast(on, colour(THEMES[theme]["primaryColor"])) >= TEXT
