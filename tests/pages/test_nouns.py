"""No sentence that a page says of rows or series speaks of images."""

import json
import re
from typing import Any

import pytest

from ae_core import variants
from ae_core.figures.views import VIEWS
from ae_core.settings import options
from pages.ui.live import drawn, tiles
from pages.ui.words.language import spoken
from pages.ui.words.nouns import of_dataset, panels_of
from tests import demo, stored

IMAGES = re.compile(r"\b(image|picture|pixel)s?\b", re.IGNORECASE)
TELLS_APART = re.compile(r"\b(tables?|series)\b")  # a sentence about several kinds of data may name them all
PANELS = [stored.PanelTitle(name="filters", title="Pixels of an image", help="What makes an image brighter.")]


def about_images(text: str) -> list[str]:
    """The sentences that speak of images, without tags and pictures themselves."""
    plain = re.sub(r"data:image[^\"']*|<img|<[^>]*?data-help=\"|[\">]", " \n", text)
    return [line for line in plain.splitlines() if IMAGES.search(line) and not TELLS_APART.search(line)]


@pytest.mark.parametrize("made", [demo.rows, demo.series])
def test_what_is_said_of_a_run(made: Any) -> None:
    setup, snapshot = made(panels=PANELS)
    snapshot.panels["filters"] = stored.snapshot(10).panels["filters"]
    snapshot.batch = stored.batch()
    every = dict.fromkeys(variants.metrics(), 0.5)
    snapshot.numbers |= every
    texts = [*drawn.texts(setup, snapshot).values(), tiles.measured(setup, stored.result(test=every))]
    texts += [text for panel in panels_of(setup) for text in (panel.title, panel.help)]
    frame = json.loads(drawn.frame(setup, snapshot, "filters", drawn.at_once, True))
    texts += [json.dumps(view["layout"]) for view in frame["views"].values()]
    assert [sentence for text in texts for sentence in about_images(text)] == []


@pytest.mark.parametrize("variant", variants.registry())
def test_what_is_said_of_the_settings_for_data_that_are_no_images(variant: str) -> None:
    say = of_dataset("waves")
    known = options(variants.get(variant).settings)
    said = [say(text) for option in known.values() for text in (option.label, option.help)]
    assert [text for text in said if IMAGES.search(text) and not TELLS_APART.search(text)] == []
    assert of_dataset("digits")("An image.") == "An image." and say("An image.") == "A row."


def test_chinese_speaks_of_images_only_where_there_are_some() -> None:
    settings = [option for variant in variants.registry().values() for option in options(variant.settings).values()]
    texts = {text for option in settings for text in (option.label, option.help)} | {view.heading for view in VIEWS}
    with spoken("zh"):
        told = {text: of_dataset("waves")(text) for text in texts}
    named = {text: chinese for text, chinese in told.items() if re.search("图像|图片|原图|像素", chinese)}
    assert {text for text in named if not TELLS_APART.search(text)} == set()
