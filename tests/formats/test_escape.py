"""Whatever a text is, it stays a text in the place that it is escaped for."""

import ast
import csv
import html
import io
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import example, given
from markdown_it import MarkdownIt

from ae_core.formats import escape
from tests.texts import FOREIGN, PRINTABLE

JOINER = "\u2060"


class Page(HTMLParser):
    """What a browser would find: tags in order, and the text of each."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.texts = [], [], [""]
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.append(dict(attrs))

    def handle_data(self, data):
        self.texts[-1] += data

    def handle_comment(self, data):
        self.tags.append("comment")


@given(FOREIGN)
def test_html_shows_the_text_between_tags_and_in_an_attribute(text):
    page = Page(f'<p title="{escape.html(text)}">{escape.html(text)}</p>')
    assert page.tags == ["p"]
    shown = html.unescape(html.escape(text))
    assert page.attributes == [{"title": shown}]
    assert page.texts == [shown]


@given(FOREIGN)
def test_json_does_not_end_the_script_that_it_stands_in(text):
    page = Page(f"<script>{escape.json_in_html({'text': text})}</script><p></p>")
    assert page.tags == ["script", "p"]
    assert json.loads(page.texts[0]) == {"text": text}


@given(FOREIGN)
def test_markdown_reads_the_text_and_nothing_else(text):
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(escape.markdown(text))
    inline = [one for token in tokens for one in token.children or ()]
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    assert {one.type for one in inline} <= {"text", "text_special"}
    assert "".join(one.content for one in inline).replace(JOINER, "") == " ".join(text.split()).replace(JOINER, "")


def test_names_of_settings_stay_as_they_are():
    sentence = "batch_size must be an integer from 1 to 4096. Received: 'x'."
    assert escape.markdown(sentence) == sentence


def test_what_is_looked_for_behind_markdown_is_not_found():
    for text in ("http://host", "www.host", "a@host.org", ":material/home:", ":red[x]", ":smile:", "a -> b", "a <-> b"):
        assert text not in escape.markdown(text).replace("\\", "")
    assert "$" not in escape.markdown("$x$").replace("\\$", "")


@pytest.mark.slow(seconds=1)
@given(PRINTABLE)
def test_plotly_finds_no_tag_and_no_place_to_fill_in(text):
    escaped = escape.plotly(text)
    assert "<" not in escaped
    assert "%{" not in escaped
    assert html.unescape(escaped) == html.unescape(html.escape(text))


@given(FOREIGN)
def test_a_cell_is_no_formula(text):
    stream = io.StringIO()
    csv.writer(stream).writerow([escape.csv_cell(text), "end"])
    first, last = next(csv.reader(io.StringIO(stream.getvalue(), newline="")))
    assert last == "end"
    assert not first.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert first.removeprefix("'") == text.removeprefix("'")


@given(FOREIGN)
@example("../../x")
def test_a_file_of_that_name_stands_in_its_folder(text):
    name = escape.file_name(text)
    assert Path(name).name == name
    assert name
    assert name.isascii()
    assert not name.startswith((".", "-"))


@given(PRINTABLE)
def test_a_docstring_does_not_end_early(text):
    assert ast.literal_eval(f'"""On {escape.docstring(text)}: 3 epochs."""') == f"On {text}: 3 epochs."
