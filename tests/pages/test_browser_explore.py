"""The Explore page in a browser: a trained network is dragged, drawn on, pulled and sampled; no server is asked."""

import io
import re

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ae_core.data.lookup import load
from tests.browser import until, visitor
from tests.pages.playing import address, changed, code, drawn, near, picture, saved, table_of, trained

pytestmark = pytest.mark.browser

DEEP = "variant=stacked&dataset=digits&latent_dim=2&widths=64&epochs=12&batch_size=32&seed=4&pace=full"


@pytest.fixture(scope="module")
def page(app, chrome):
    """The Explore page of a run that this person has trained."""
    with visitor(chrome) as opened:
        yield trained(opened, app, DEEP)


def test_what_is_dragged_is_decoded_in_the_browser(page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    box = page.locator(".st-key-plane").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    before, shown = code(page, "decoded"), picture(page, ".ae-decoded-picture")
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.7 * box["height"], steps=4)
    page.mouse.up()
    after = code(page, "decoded")
    assert after[0] > before[0] and after[1] < before[1], "right and down"
    assert np.abs(picture(page, ".ae-decoded-picture") - shown).mean() > 5
    assert float(page.get_attribute(".st-key-decoded [data-code]", "data-milliseconds")) < 1000
    assert "from the nearest code" in page.inner_text(".ae-decoded-said")
    others = [url for url in asked if "_stcore" not in url and not url.endswith("/moments")]  # what the run does now
    assert not others, "nothing is asked of the server"


def test_each_class_has_its_colour_beside_the_plane(page):
    assert page.locator(".ae-legend span").all_inner_texts() == [str(digit) for digit in range(10)]
    assert len(set(page.eval_on_selector_all(".ae-legend i", "all => all.map(one => one.style.background)"))) == 10


def test_a_test_image_on_the_canvas_is_reconstructed_and_found_again(page):
    page.click("button[name=take]")
    until(page, lambda: page.inner_text(".ae-drawn-said") != "")
    fitted, made = picture(page, ".ae-drawn-fitted"), picture(page, ".ae-drawn-made")
    original = load("digits").x_test[0].reshape(-1).astype(np.float64)
    assert np.corrcoef(fitted, original)[0, 1] > 0.9, "centred and scaled as the data set is"
    assert np.corrcoef(fitted, made)[0, 1] > 0.6
    assert page.locator(".ae-drawn-near canvas").count() == 5
    assert code(page, "drawn") == code(page, "decoded")
    page.click("button[name=clear]")
    box = page.locator(".ae-canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.8 * box["height"], steps=5)
    page.mouse.up()
    rows, columns = np.nonzero(picture(page, ".ae-drawn-fitted").reshape(28, 28) > 64)
    assert abs(columns.mean() - 13.5) < 2 and rows.max() - rows.min() > 12, "an upright stroke in the middle"


def test_numbers_of_a_code_are_pulled(page):
    slider = page.locator(".ae-unit input").first
    assert page.locator(".ae-unit input").count() == 2
    before = code(page, "decoded")
    slider.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    after = code(page, "decoded")
    assert sum(abs(one - other) > 1e-6 for one, other in zip(before, after, strict=True)) == 1


def test_the_way_between_two_codes_is_a_strip_and_a_slider(page):
    assert page.locator(".ae-strip-0 canvas").count() == page.locator(".ae-strip-1 canvas").count() == 9
    first = picture(page, ".ae-strip-0 canvas:first-child")
    page.click("button[name=from]")
    assert np.abs(picture(page, ".ae-strip-0 canvas:first-child") - first).max() > 0
    np.testing.assert_allclose(
        picture(page, ".ae-strip-0 canvas:first-child"), picture(page, ".ae-strip-1 canvas:first-child"), atol=2
    )
    page.locator("input[name=share]").focus()
    page.keyboard.press("End")
    np.testing.assert_allclose(
        picture(page, ".ae-decoded-picture"), picture(page, ".ae-strip-0 canvas:last-child"), atol=2
    )


def test_samples_spread_with_the_temperature(page):
    def samples() -> set[bytes]:
        return {picture(page, f".ae-samples canvas:nth-child({at})").tobytes() for at in range(1, 25)}

    page.locator("input[name=temperature]").evaluate("one => { one.value = 0; one.dispatchEvent(new Event('input')) }")
    assert 1 < len(samples()) <= 10, "the middle of each cloud of codes alone"
    page.locator("input[name=temperature]").evaluate("one => { one.value = 1; one.dispatchEvent(new Event('input')) }")
    assert len(samples()) > 20 and "mixture" in page.inner_text(".ae-samples-note")


@pytest.mark.long
def test_a_walk_goes_from_sample_to_sample_until_it_is_stopped(page):
    page.click("button[name=walk]")
    seen = {tuple(code(page, "decoded"))}

    def walked() -> bool:
        seen.add(tuple(code(page, "decoded")))
        return len(seen) > 5

    until(page, walked)
    page.click("button[name=walk]")
    assert page.get_attribute("button[name=walk]", "aria-pressed") == "false"
    until(page, lambda: near(address(page).get("at", "9"), code(page, "decoded")), "where it stopped stays")
    page.click("button[name=walk]")
    page.click("button[name=take]")
    assert page.get_attribute("button[name=walk]", "aria-pressed") == "false", "as one looks at something else"


def test_keys_move_the_place_and_its_address_opens_the_same(page, app, chrome):
    page.focus(".st-key-plane canvas")
    before = code(page, "decoded")
    page.keyboard.press("Shift+ArrowRight")
    right = code(page, "decoded")
    assert right[0] > before[0] and right[1] == pytest.approx(before[1])
    page.keyboard.press("ArrowUp")
    up = code(page, "decoded")
    assert up[1] > right[1] and up[0] == pytest.approx(right[0])
    page.click("button[name=to]")
    until(page, lambda: address(page).get("to", "-") == address(page).get("at") and near(address(page)["at"], up))
    assert len(address(page)["at"]) < 20
    with visitor(chrome) as friend:
        friend.goto(page.url)
        friend.wait_for_selector(".ae-ready")
        np.testing.assert_allclose(code(friend, "decoded"), up, rtol=0.01)
        mine = picture(page, ".ae-decoded-picture")
        for same in (".ae-decoded-picture", ".ae-strip-0 canvas:last-child"):
            np.testing.assert_allclose(picture(friend, same), mine, atol=12)
        friend.goto(page.url.split("&at=")[0] + "&at=1,2,3&axes=d9,n7")
        friend.wait_for_selector(".ae-ready")
        assert len(code(friend, "decoded")) == 2, "what does not fit is left alone"
        assert friend.locator("[data-testid=stAlert]").count() == 0


def test_a_picture_from_a_file_is_seen_as_the_network_s_own(page, tmp_path):
    photo = Image.new("RGB", (300, 200), "#e8e4d8")
    ImageDraw.Draw(photo).line([(60, 30), (60, 170)], fill="#20242c", width=14)
    photo.save(tmp_path / "paper.png")
    before = picture(page, ".ae-drawn-fitted")
    page.set_input_files("input[name=file]", tmp_path / "paper.png")
    rows, columns = np.nonzero(changed(page, ".ae-drawn-fitted", before).reshape(28, 28) > 96)
    assert abs(columns.mean() - 13.5) < 2 and np.ptp(rows) > 12 and np.ptp(columns) < 8, (
        "an upright stroke in the middle"
    )
    (tmp_path / "notes.png").write_text("no picture")
    page.set_input_files("input[name=file]", tmp_path / "notes.png")
    until(page, lambda: "notes.png is not a picture" in page.inner_text(".ae-draw-problem"))
    assert page.locator(".ae-drawn-near-pixels canvas").count() == 5


def test_examples_are_chosen_by_a_rectangle_a_class_and_a_click(page):
    page.click("button[name=tool][value=rectangle]")
    page.evaluate("document.querySelector('.stMain').scrollTo(0, 0)")
    box = page.locator(".st-key-plane").bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5, steps=3)
    page.mouse.up()
    everything = int(page.inner_text(".ae-chosen-said").split()[0])
    assert everything > 200
    assert page.locator(".ae-chosen-images canvas").count() == page.locator(".ae-chosen-made canvas").count() == 24
    page.select_option("select[name=class]", "3")
    threes = int(page.inner_text(".ae-chosen-said").split()[0])
    table = table_of(saved(page, "chosen", "csv"))
    assert 0 < threes < everything and len(table) == threes + 1 and {row[1] for row in table[1:]} == {"3"}
    shown = picture(page, ".ae-chosen-mean")
    expected = load("digits")
    assert np.corrcoef(shown, expected.x_test[expected.y_test == 3].mean(axis=0).ravel())[0, 1] > 0.95
    page.click("button[name=tool][value=decode]")
    page.click(".ae-chosen-images canvas:nth-child(2)")
    np.testing.assert_allclose(code(page, "decoded"), [float(one) for one in table[2][3:]], rtol=1e-4)


def test_one_comes_nearer_until_points_are_pictures(page):
    page.focus(".st-key-plane canvas")
    far = drawn(page)
    for _ in range(4):
        page.keyboard.press("+")
    near = drawn(page)
    assert near != far
    page.keyboard.press("0")
    page.check("input[name=dense]")
    assert drawn(page) not in (near, far)
    page.uncheck("input[name=dense]")


@pytest.mark.parametrize("part", ["plane", "decoded", "draw", "between", "chosen", "samples", "layers"])
def test_every_view_is_taken_away(page, part):
    if part == "plane":
        drawn = saved(page, part, "png")
        width, height = Image.open(io.BytesIO(drawn)).size
        assert drawn.startswith(b"\x89PNG") and width > 600 and height > 600
    written = saved(page, part, "svg").decode()
    assert written.startswith("<svg") and "<image" in written and "<text" in written
    assert len(saved(page, part, "csv").splitlines()) > 2


@pytest.mark.parametrize("layer", [1, 2], ids=["hidden", "code"])
def test_a_unit_says_how_it_comes_to_its_value(page, layer):
    page.click("button[name=take]")
    until(page, lambda: page.locator(".ae-layers canvas").first.get_attribute("style") or "")
    canvas = page.locator(".ae-layers canvas").nth(layer)
    canvas.scroll_into_view_if_needed()
    canvas.click(position={"x": 1, "y": 1})
    said, told = page.inner_text(".ae-unit-said"), page.inner_text(".ae-unit-sum")
    assert "unit 1:" in said
    weighted, bias, total = (float(one) for one in re.findall(r"inputs (\S+) \+ bias (\S+) = (\S+) →", told)[0])
    assert weighted + bias == pytest.approx(total, abs=0.02 * max(abs(weighted), 1))
    assert page.locator(".ae-unit-excited canvas").count() == 5
    canvas.press("ArrowRight")
    assert "unit 2:" in page.inner_text(".ae-unit-said")
    if layer == 2:
        code_two = float(page.inner_text(".ae-unit-said").split(":")[1].strip(" ."))
        assert code_two == pytest.approx(code(page, "decoded")[1], rel=0.01)
    table = table_of(saved(page, "layers", "csv"))
    assert len({row[0] for row in table[1:]}) >= 4


def test_a_run_is_opened_from_the_table(page):
    page.get_by_role("link", name="Compare").first.click()
    page.locator(".ae-runs tbody input[type=checkbox]").first.check()
    page.click(".st-key-run_explore button")
    page.wait_for_selector(".ae-ready")
    assert not page.locator("[data-testid=stSidebar]").is_visible(), "no form stands beside it"


@pytest.mark.long
def test_the_page_that_export_gives_opens_from_a_disk_and_is_played_with(page, app, chrome, tmp_path):
    with visitor(chrome) as person:
        person.goto(f"{app.url}/?run={address(page)['run']}")
        person.click(".st-key-train_export button")
        with person.expect_download() as coming:
            person.click("[class*=st-key-train_page] button")
        file = tmp_path / coming.value.suggested_filename
        assert file.suffix == ".html"
        coming.value.save_as(file)
        person.goto(file.as_uri())
        person.wait_for_selector(".ae-ready")
        assert not person.is_visible(".ae-moments"), "it holds the network of its end alone"
        person.click(".ae-draw-part button[name=take]")
        assert code(person, "drawn") == code(person, "decoded")


def test_a_page_with_no_run_says_what_to_do_and_has_a_recorded_one_to_play_with(app, chrome):
    with visitor(chrome) as stranger:
        stranger.goto(f"{app.url}/explore")
        stranger.wait_for_selector("[data-testid=stAlert]")
        assert "train a run" in stranger.inner_text("[data-testid=stAlert]")
        stranger.wait_for_selector(".ae-ready")
        stranger.click("button[name=take]")
        fitted, made = picture(stranger, ".ae-drawn-fitted"), picture(stranger, ".ae-drawn-made")
        assert np.corrcoef(fitted, made)[0, 1] > 0.8, "it has learnt to reconstruct"
