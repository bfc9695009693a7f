"""The strip of findings: its words are escaped, and it is always of one height."""

import re
from html.parser import HTMLParser

import pytest

from ae_core.diagnosis import Finding
from pages.ui.live.findings import findings_html
from tests.conftest import ROOT

HOSTILE = Finding("x", "warning", "<img src=x onerror=alert(1)> & 'so'", 'a" onclick="alert(1)')
GOOD = Finding("y", "good", "40 % less error than PCA.", "The network bends where PCA is flat.")
LONG = Finding("z", "info", "A long sentence. " * 20, "And a long reason for it. " * 20)


class Reader(HTMLParser):
    """Notes the tags and the text of a page."""

    def __init__(self, page: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data


def test_what_is_found_is_text_not_markup():
    read = Reader(findings_html([HOSTILE, GOOD]))
    assert {tag for tag, _ in read.tags} == {"div", "ul", "li", "i", "span", "b", "small"}
    assert not [names for _, names in read.tags if {"onclick", "onerror"} & set(names)]
    for finding in (HOSTILE, GOOD):
        assert finding.sentence in read.text
        assert finding.why in read.text
    assert [names["title"] for tag, names in read.tags if tag == "li"] == [HOSTILE.why, GOOD.why]


def test_each_tone_has_a_class_and_a_word_of_its_own():
    read = Reader(findings_html([HOSTILE, GOOD, LONG]))
    classes = [names["class"] for tag, names in read.tags if tag == "li"]
    assert classes == ["ae-finding ae-finding-warning", "ae-finding ae-finding-good", "ae-finding ae-finding-info"]
    assert len({names["aria-label"] for tag, names in read.tags if tag == "i"}) == 3
    assert "+2" in read.text
    assert "+" not in Reader(findings_html([GOOD])).text
    assert Reader(findings_html([])).text == ""


@pytest.mark.browser
def test_the_strip_is_always_of_one_height_and_opens_over_the_page(chrome):
    style = "".join((ROOT / "assets" / name).read_text() for name in ("style.css", "page.css"))
    strips = [findings_html(some) for some in ([], [GOOD], [GOOD, HOSTILE], [LONG, GOOD, HOSTILE])]
    page_text = f"<!doctype html><meta charset=utf-8><style>{style}</style><body>{''.join(strips)}"
    for width, height in ((1280, 1.75), (390, 3.0)):  # one line, two on a phone
        page = chrome.new_page(viewport={"width": width, "height": 700})
        page.set_content(page_text)
        boxes = page.eval_on_selector_all(
            ".ae-findings", "all => all.map(one => [one.getBoundingClientRect().height, one.scrollWidth])"
        )
        assert [high for high, _ in boxes] == pytest.approx([height * 16] * 4, abs=0.1)
        assert max(wide for _, wide in boxes) <= width
        # The first finding is seen from its beginning; all of them, by whoever comes to them, and nothing moves.
        for strip in page.query_selector_all(".ae-findings ul"):
            closed = strip.bounding_box()
            assert strip.query_selector("b").bounding_box()["y"] >= closed["y"] - 0.5
            strip.focus()
            frame = strip.bounding_box()
            assert frame["height"] >= closed["height"]
            strip.evaluate("one => one.scrollTo(0, 1e6)")
            last = strip.query_selector_all("li")[-1].bounding_box()
            assert last["y"] + last["height"] == pytest.approx(frame["y"] + frame["height"], abs=1)
            now = page.eval_on_selector_all(".ae-findings", "all => all.map(one => one.getBoundingClientRect().height)")
            assert now == pytest.approx([height * 16] * 4, abs=0.1)
        # The number of those that are not seen opens them, as one expects who points at it or touches it.
        more = page.locator(".ae-findings-more").first
        strip = page.locator(".ae-findings ul", has_text="img").first
        page.evaluate("document.activeElement.blur()")
        closed = strip.bounding_box()["height"]
        more.hover()
        assert strip.bounding_box()["height"] > closed + 16
        page.close()


def test_every_tone_has_its_colour_in_the_style_sheet():
    style = (ROOT / "assets" / "page.css").read_text()
    for tone in ("warning", "good"):
        assert re.search(rf"\.ae-finding-{tone} \{{ --ae-tone", style)
