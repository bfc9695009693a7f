"""The Explore page in a browser: a trained network is dragged, drawn on, pulled and sampled; no server is asked."""

import csv
import io
import re
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image, ImageDraw

from ae_core.data.lookup import load
from tests.browser import until, visitor

pytestmark = pytest.mark.browser

LARGE = "variant=denoising&dataset=digits&latent_dim=32&widths=64&epochs=6&noise_factor=0.3&batch_size=32&pace=full"
# Counts lines that are drawn faintly, as the outlines of a cloud are.
COUNT_FAINT = """window.faint = 0; const {stroke} = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.stroke = function (...path) {
  if ([0.8, 0.4].some((faint) => Math.abs(this.globalAlpha - faint) < 0.01)) window.faint += 1;
  return stroke.apply(this, path);
};"""
CLOUDS = "variant=variational&network=convolutional&dataset=digits&latent_dim=2&channels=4,8&epochs=2&pace=full"
DEEP = "variant=stacked&dataset=digits&latent_dim=2&widths=64&epochs=12&batch_size=32&seed=4&pace=full"


def trained(opened, app, settings: str):
    """The page, once it has trained a run and gone on to explore it."""
    opened.goto(f"{app.url}/?{settings}")
    opened.click(".st-key-start button:not([disabled])")
    opened.wait_for_selector(".st-key-train_export button")
    opened.click(".st-key-train_explore a")
    opened.wait_for_selector(".ae-ready")
    return opened


@pytest.fixture(scope="module")
def page(app, chrome):
    """The Explore page of a run that this person has trained."""
    with visitor(chrome) as opened:
        yield trained(opened, app, DEEP)


@pytest.fixture(scope="module")
def large(app, chrome):
    """The same of a denoising network with a code of 32 numbers, in dark."""
    with visitor(chrome, color_scheme="dark") as opened:
        yield trained(opened, app, LARGE)


def code(page, key: str) -> list[float]:
    return [float(one) for one in page.get_attribute(f".st-key-{key} [data-code]", "data-code").split(",")]


def picture(page, selector: str) -> np.ndarray:
    """The grey values of a canvas."""
    values = page.evaluate(
        """selector => { const canvas = document.querySelector(selector);
        return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]; }""",
        selector,
    )
    return np.asarray(values, np.float64).reshape(-1, 4)[:, 0]


def drawn(page) -> str:
    """All that is drawn on the plane, in letters."""
    return page.evaluate("document.querySelector('.st-key-plane canvas').toDataURL()")


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


def address(page) -> dict[str, str]:
    """The parameters of the page's address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def near(numbers: str, wanted: list[float]) -> bool:
    """Whether the numbers of an address are these, as exact as it has them."""
    return bool(np.allclose([float(one) for one in numbers.split(",")], wanted, rtol=0.01))


def saved(page, part: str, form: str) -> bytes:
    """The file that a part of the page gives."""
    with page.expect_download() as coming:
        page.click(f".ae-{part}-part button[name=save][value={form}]")
    assert coming.value.suggested_filename.endswith(f"-{part}.{form}")
    with open(coming.value.path(), "rb") as file:
        return file.read()


def table_of(content: bytes) -> list[list[str]]:
    """The rows of a CSV file."""
    return list(csv.reader(io.StringIO(content.decode())))


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


def test_a_large_code_has_a_plane_and_sliders_along_its_directions(large):
    assert large.locator(".ae-unit input").count() == 32
    large.click("button[name=along][value=directions]")
    assert large.locator(".ae-unit input").count() == 16
    before = code(large, "decoded")
    slider = large.locator(".ae-unit input").first
    slider.focus()
    for _ in range(10):
        large.keyboard.press("ArrowRight")
    after = code(large, "decoded")
    assert sum(abs(one - other) > 1e-4 for one, other in zip(before, after, strict=True)) > 16, "all of them change"
    large.select_option("select[name=across]", "n5")
    large.select_option("select[name=up]", "n9")
    large.focus(".st-key-plane canvas")
    large.keyboard.press("ArrowRight")
    turned = code(large, "decoded")
    changed = [at for at, (one, other) in enumerate(zip(after, turned, strict=True)) if abs(one - other) > 1e-5]
    assert changed == [4]
    until(large, lambda: address(large).get("axes") == "n5,n9")
    table = table_of(saved(large, "plane", "csv"))
    assert table[0][2:4] == ["code 5", "code 9"]


def test_the_codes_are_laid_out_by_t_sne(large, chrome):
    large.click("button[name=layout][value=tsne]")
    large.click("button[name=cancel_layout]")
    assert large.get_attribute("button[name=layout][value=plane]", "aria-pressed") == "true"
    assert large.inner_text(".ae-layout-said") == "" and large.is_visible("select[name=across]")
    before = drawn(large)
    large.click("button[name=layout][value=tsne]")
    large.wait_for_selector("select[name=across]", state="hidden")
    assert drawn(large) != before and "nothing lies behind" in large.inner_text(".ae-plane-part .ae-note")
    table = table_of(saved(large, "plane", "csv"))
    assert table[0][2:4] == ["t-SNE 1", "t-SNE 2"]
    labels = np.array([row[1] for row in table[1:]])
    places = np.array([row[2:4] for row in table[1:]], float)
    distances = np.linalg.norm(places[:, None] - places, axis=2) + 1e9 * np.eye(len(places))
    assert np.mean(labels[distances.argmin(axis=1)] == labels) > 0.7, "a tenth by chance"
    large.locator(".st-key-plane").scroll_into_view_if_needed()
    box = large.locator(".st-key-plane").bounding_box()
    large.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"])
    large.mouse.down()
    assert large.inner_text(".ae-chosen-said").startswith("1 chosen"), "the nearest image"
    first = code(large, "decoded")
    large.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + 0.3 * box["height"], steps=4)
    large.mouse.up()
    dragged = code(large, "decoded")
    large.keyboard.press("ArrowLeft")
    assert dragged != first and code(large, "decoded") != dragged
    until(large, lambda: address(large).get("axes") == "tsne")
    with visitor(chrome) as friend:
        friend.goto(large.url)
        friend.wait_for_selector(".ae-ready")
        friend.wait_for_selector(".ae-layout button[value=tsne][aria-pressed=true]")
        friend.wait_for_selector("select[name=across]", state="hidden")
        assert table_of(saved(friend, "plane", "csv"))[1][2:4] == table[1][2:4], "the same for all"
    large.click("button[name=layout][value=plane]")
    assert large.is_visible("select[name=across]")
    until(large, lambda: address(large).get("axes") != "tsne")


def test_a_damaged_picture_is_mended_and_its_error_told(large):
    def errors() -> list[float]:
        return [float(one) for one in large.inner_text(".ae-noise-said").replace(",", "").split() if one[:2] == "0."]

    large.click("button[name=take]")
    before, after = errors()
    assert after < before, "mended"
    large.locator("input[name=factor]").evaluate("one => { one.value = 0; one.dispatchEvent(new Event('input')) }")
    assert errors()[0] == 0
    until(large, lambda: large.locator(".ae-noise-curve polyline").count() == 2)
    levels = [[float(one) for one in row] for row in table_of(saved(large, "noise", "csv"))[1:]]
    assert [row[0] for row in levels] == pytest.approx(np.linspace(0, 1, 11))
    assert levels[0][1] == 0 and levels[-1][1] > levels[3][1] > 0 and levels[-1][2] > levels[0][2]
    assert "<polyline" in saved(large, "noise", "svg").decode()


def test_an_encoder_that_is_not_sure_shows_its_cloud(app, chrome):
    with visitor(chrome, viewport={"width": 390, "height": 844}) as person:
        person.add_init_script(COUNT_FAINT)
        trained(person, app, CLOUDS)
        assert "prior" in person.inner_text(".ae-samples-note")
        assert person.inner_text(".ae-decoded-cloud") == ""
        assert person.evaluate("window.faint") == 0
        person.click("button[name=take]")
        assert "±0." in person.inner_text(".ae-decoded-cloud")
        # After two epochs a cloud is larger than the map, so that nothing of it can be seen there.
        assert person.evaluate("window.faint") >= 2, "one standard deviation, and two"
        assert person.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_page_with_no_run_says_what_to_do_and_has_a_recorded_one_to_play_with(app, chrome):
    with visitor(chrome) as stranger:
        stranger.goto(f"{app.url}/explore")
        stranger.wait_for_selector("[data-testid=stAlert]")
        assert "train a run" in stranger.inner_text("[data-testid=stAlert]")
        stranger.wait_for_selector(".ae-ready")
        stranger.click("button[name=take]")
        fitted, made = picture(stranger, ".ae-drawn-fitted"), picture(stranger, ".ae-drawn-made")
        assert np.corrcoef(fitted, made)[0, 1] > 0.8, "it has learnt to reconstruct"


def changed(page, selector: str, before: np.ndarray) -> np.ndarray:
    """A canvas, once a worker's answer has changed it."""
    until(page, lambda: np.abs(picture(page, selector) - before).max() > 0)
    return picture(page, selector)


def test_a_run_that_no_browser_computes_is_played_with_through_a_worker(app, chrome):
    with visitor(chrome) as person:
        trained(person, app, "variant=recurrent&dataset=digits&epochs=3&latent_dim=4&pace=full")
        assert "GRU" in person.inner_text(".ae-explore-said"), "why the server computes it"
        until(person, lambda: picture(person, ".ae-samples canvas:last-child").max() > 0)
        sheet = drawn(person)
        before, asked = picture(person, ".ae-decoded-picture"), []
        person.on("request", lambda request: asked.append(request.url))
        person.focus(".st-key-plane canvas")
        for _ in range(20):
            person.keyboard.press("Shift+ArrowRight")
        changed(person, ".ae-decoded-picture", before)
        assert 0 < sum("/compute/" in url for url in asked) <= 60, "those that are overtaken are never asked"
        person.click("button[name=take]")
        changed(person, ".ae-drawn-made", np.zeros(784))
        until(person, lambda: code(person, "drawn") == code(person, "decoded"))
        until(person, lambda: (picture(person, ".ae-decoded-picture") == picture(person, ".ae-drawn-made")).all())
        until(person, lambda: drawn(person) != sheet)
        slider = person.locator(".ae-unit input").first
        slider.focus()
        shown = picture(person, ".ae-decoded-picture")
        person.keyboard.press("End")
        changed(person, ".ae-decoded-picture", shown)
        person.select_option("select[name=class]", "3")
        table = table_of(saved(person, "chosen", "csv"))
        errors = [float(row[2]) for row in table[1:]]
        assert len(errors) > 5 and len(set(errors)) == len(errors) and max(errors) < 0.2, "all were computed"


def test_one_hides_the_patches_oneself(app, chrome):
    with visitor(chrome) as person:
        trained(person, app, "variant=masked&dataset=digits&epochs=1&token_dim=16&latent_dim=8&pace=full")
        until(person, lambda: picture(person, ".ae-hidden-made").max() > 0)
        before = picture(person, ".ae-hidden-made")
        person.locator("input[name=hidden]").evaluate("one => { one.value = 0; one.dispatchEvent(new Event('input')) }")
        assert person.inner_text(".ae-hidden-said").startswith("0 of 49 patches")
        whole = changed(person, ".ae-hidden-made", before)
        person.locator(".ae-hidden-seen").scroll_into_view_if_needed()
        box = person.locator(".ae-hidden-seen").bounding_box()
        person.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
        person.mouse.down()
        person.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"], steps=8)
        person.mouse.up()
        hidden = int(person.inner_text(".ae-hidden-said").split()[0])
        seen = picture(person, ".ae-hidden-seen").reshape(28, 28)
        assert 2 <= hidden <= 5 and (seen[12:16, 12:16] == 110).all()
        changed(person, ".ae-hidden-made", whole)
        person.focus(".ae-hidden-seen")
        person.keyboard.press("Space")
        assert int(person.inner_text(".ae-hidden-said").split()[0]) == hidden + 1
        hiding = [row[3] for row in table_of(saved(person, "hidden", "csv"))[1:]]
        assert hiding.count("1") == 16 * (hidden + 1)


def test_a_run_is_explored_while_it_trains_and_at_any_of_its_moments(app, chrome):
    def step() -> int:
        return int(person.inner_text(".ae-moment-when").split()[1].replace(",", ""))

    with visitor(chrome) as person:
        person.goto(f"{app.url}/?variant=stacked&dataset=digits&latent_dim=2&widths=64&epochs=400&pace=full&seed=7")
        person.click(".st-key-start button:not([disabled])")
        until(person, lambda: "run" in address(person))
        person.goto(f"{app.url}/explore?run={address(person)['run']}")
        person.wait_for_selector(".ae-ready")
        assert person.inner_text("button[name=newest]") == "Follow"
        before, began, plane = code(person, "decoded"), step(), drawn(person)
        box = person.locator(".ae-canvas").bounding_box()
        person.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.2 * box["height"])
        person.mouse.down()
        person.mouse.move(box["x"] + box["width"] / 2, box["y"] + 0.8 * box["height"], steps=4)
        person.mouse.up()
        stroke, made = picture(person, ".ae-drawn-fitted"), picture(person, ".ae-drawn-made")
        until(person, lambda: step() > began)
        changed(person, ".ae-drawn-made", made)
        until(person, lambda: code(person, "decoded") != before)
        assert drawn(person) != plane, "the map unfolds"
        np.testing.assert_array_equal(picture(person, ".ae-drawn-fitted"), stroke, "what was drawn stays")
        person.focus("input[name=moment]")
        person.keyboard.press("Home")
        until(person, lambda: address(person).get("frame") == "0")
        assert step() == 0 and person.get_attribute("button[name=newest]", "aria-pressed") == "false"
        until(person, lambda: np.ptp(code(person, "decoded")) < 5)
        early = picture(person, ".ae-drawn-made")
        with visitor(chrome, viewport={"width": 390, "height": 844}, color_scheme="dark") as friend:
            friend.goto(person.url)
            friend.wait_for_selector(".ae-ready")
            assert friend.inner_text(".ae-moment-when").startswith("step 0 ")
            np.testing.assert_allclose(code(friend, "decoded"), code(person, "decoded"), rtol=0.01)
            assert friend.evaluate("document.documentElement.scrollWidth") <= 390
        person.click("button[name=newest]")
        changed(person, ".ae-drawn-made", early)
        until(person, lambda: "frame" not in address(person) and step() > began)
