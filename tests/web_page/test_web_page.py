"""A run as one page: what is in it, how it is made to fit, and that nothing of a run can be taken for a script."""

import base64
import gzip
import json
import re
import subprocess
from itertools import pairwise
from typing import Any

import pytest

from ae_core.errors import DataError
from ae_core.messages import ColumnTitle, Snapshot
from ae_core.web_page import page as made
from ae_core.web_page import web_page
from ae_core.web_page.bundle import MODULES, bundle
from ae_core.web_page.exploration import exploration
from ae_core.web_page.explore_words import explore_words
from tests import demo
from tests.node_tools import SOURCE, words_asked_for

WEIGHTS = bytes(range(256)) * 40
EVIL = '</script><script>alert("7")</script><!-- <b>'


def snapshots(count: int) -> list[Snapshot]:
    return [demo.snapshot(10 * place) for place in range(count)]


def parts(content: bytes) -> dict[str, bytes]:
    """What a page holds, unpacked."""
    found = re.findall(r'<script type="text/plain" data-part="([\w-]+)">([A-Za-z0-9+/=]*)</script>', content.decode())
    return {name: gzip.decompress(base64.b64decode(letters)) for name, letters in found}


def told(content: bytes, name: str) -> Any:
    return json.loads(parts(content)[name])


def test_a_page_holds_frames_pictures_scripts_and_network():
    setup = demo.setup()
    page = web_page(setup, snapshots(3), WEIGHTS)
    assert set(parts(page)) == {
        "plotly",
        "atlas",
        "network",
        "exploration",
        "frame-0",
        "frame-10",
        "frame-20",
        "stage",
    }
    assert parts(page)["network"] == WEIGHTS and parts(page)["atlas"] == setup.atlas.png
    assert told(page, "stage")["steps"] == [0, 10, 20]
    first, last = told(page, "frame-0"), told(page, "frame-20")
    assert set(last["views"]) - set(first["views"]) == {"live_loss"}, "one figure of the curves serves all frames"
    assert first["step"] == first["views"]["live_latent"]["step"] == 0
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page.decode()), "nothing is fetched"


def test_nothing_of_a_run_is_taken_for_a_script():
    setup = demo.setup(class_names=[EVIL] * 10, settings={"variant": EVIL, "dataset": EVIL})
    page = web_page(setup, snapshots(2), WEIGHTS, language=f'"{EVIL}')
    assert page.decode().count('alert("7")') == 0 and EVIL.encode() not in page
    assert told(page, "exploration")["class_names"] == [EVIL] * 10


@pytest.mark.slow(seconds=1)
def test_a_run_without_a_network_says_why():
    page = web_page(demo.setup(), snapshots(2), why="It has a layer <GRU>.")
    assert "network" not in parts(page) and "exploration" not in parts(page)
    assert b"It has a layer &lt;GRU&gt;." in page
    large = web_page(demo.setup(shape=[56, 56, 1]), snapshots(2), WEIGHTS)
    assert "network" not in parts(large) and b"too large to be explored" in large


def test_rows_are_explored_with_the_names_of_their_columns_and_no_word_of_images():
    columns = [ColumnTitle(name="radius", unit="mm"), ColumnTitle(name=EVIL)]
    setup = demo.setup(shape=[2], columns=columns, settings={"variant": "masked", "patch_size": 4})
    told = exploration(setup, 10, "", "en")
    assert told["noun"] == "row" and told["columns"][0] == {"name": "radius", "unit": "mm", "category": ""}
    assert told["patch"] is None, "patches are hidden of pictures alone"
    words = exploration(demo.setup(shape=[64, 3], rate=16.0), 10, "", "en")["words"]
    for said in (told["words"], words):
        assert [one for one in said.values() if re.search(r"\b(image|picture|pixel)s?\b", one, re.IGNORECASE)] == []
    assert words["take"] == "A test series" and told["words"]["near_pixels"] == "Nearest in values"


def test_every_word_that_the_browser_asks_for_is_there_and_no_other():
    text = "".join(path.read_text(encoding="utf-8") for path in (SOURCE / "explore").glob("*.js"))
    said, asked = explore_words(), words_asked_for(text)
    assert len(asked) > 90 and not asked - said.keys()
    assert [name for name in said if f'"{name}"' not in text and not name.startswith("save_")] == []


@pytest.mark.parametrize("variant", ["variational", "wasserstein", "adversarial", "contractive", "vector_quantized"])
def test_samples_come_from_the_prior_where_training_made_codes_lie_so(variant):
    terms = {"variational": "kl", "wasserstein": "mmd", "adversarial": "adversarial", "contractive": "contraction"}
    setup = demo.setup(terms=["reconstruction", terms.get(variant, "commitment")], settings={"variant": variant})
    assert exploration(setup, 10, "", "en")["prior"] == (variant in ("variational", "wasserstein", "adversarial"))


@pytest.mark.slow(seconds=1)
def test_frames_are_thinned_until_they_fit(monkeypatch):
    whole = web_page(demo.setup(), snapshots(30))
    monkeypatch.setattr(made, "MOST_BYTES", len(whole) - 300_000)
    steps = told(web_page(demo.setup(), snapshots(30)), "stage")["steps"]
    assert 2 <= len(steps) < 30 and (steps[0], steps[-1]) == (0, 290)
    between = [later - earlier for earlier, later in pairwise(steps)]
    assert max(between) - min(between) <= 10, "at equal distances"
    monkeypatch.setattr(made, "MOST_BYTES", len(whole) // 2)
    with pytest.raises(DataError, match="too large for a page"):
        web_page(demo.setup(), snapshots(30))


def test_a_network_leaves_the_film_its_room(monkeypatch):
    room = len(web_page(demo.setup(), snapshots(1)))
    monkeypatch.setattr(made, "MOST_BYTES", room + made.LEAST_FILM // 2)
    page = web_page(demo.setup(), snapshots(3), WEIGHTS)
    assert "network" not in parts(page) and b"Its network is too large for a page to hold." in page


@pytest.mark.parametrize(("count", "most", "places"), [(3, 5, [0, 1, 2]), (9, 3, [0, 4, 8]), (9, 1, [8]), (1, 1, [0])])
def test_few_of_many_have_both_ends(count, most, places):
    assert made.spread(count, most) == places


def test_without_a_frame_there_is_no_page():
    with pytest.raises(DataError, match="nothing to show"):
        web_page(demo.setup(), [])


@pytest.fixture
def modules(tmp_path, monkeypatch):
    monkeypatch.setattr("ae_core.web_page.bundle.MODULES", tmp_path)
    (tmp_path / "a").mkdir()

    def write(**texts: str) -> str:
        for name, text in texts.items():
            (tmp_path / "a" / f"{name}.js").write_text(text)
        return bundle(tmp_path / "a" / "first.js")

    return write


def run(script: str) -> str:
    return subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True).stdout


@pytest.mark.node
@pytest.mark.slow
def test_modules_become_one_script_that_does_the_same(modules):
    script = modules(
        first='import { two as deux, Three } from "./second.js";\nimport { two } from "./third.js";\n'
        "export default function first() {\n  console.log(deux() + two + new Three().number);\n}\n",
        second='import { two as base } from "./third.js";\nexport function two() {\n  return base + 20;\n}\n'
        "export class Three {\n  number = 300;\n}\n",
        third="const one = 1;\nexport const two = one + 1;\n",
    )
    assert run(script) == "324\n"
    assert script.count("const one = 1;") == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('import { first } from "./first.js";\nexport const two = 2;\n', "circle"),
        ('import * as all from "./third.js";\nexport const two = 2;\n', "plain form"),
        ("const two = 2;\nexport { two };\n", "plain form"),
    ],
)
def test_modules_of_another_form_are_refused(modules, text, complaint):
    with pytest.raises(DataError, match=complaint):
        modules(first='import { two } from "./second.js";\nexport const first = two;\n', second=text, third="")


@pytest.mark.node
@pytest.mark.slow
def test_our_own_modules_are_one_script():
    script = bundle(MODULES / "page" / "page.js")
    assert "</script" not in script and "<!--" not in script, "it stands in HTML"
    subprocess.run(["node", "--check", "-"], input=script, text=True, check=True)
