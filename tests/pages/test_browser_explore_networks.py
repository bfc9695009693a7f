"""The Explore page in a browser, with networks of other kinds: a large code, noise, a cloud, patches that one hides,
one that still trains, one that a worker computes."""

import numpy as np
import pytest

from tests.browser import until, visitor
from tests.pages.playing import address, changed, code, drawn, near, picture, saved, table_of, trained

pytestmark = pytest.mark.browser

LARGE = "variant=denoising&dataset=digits&latent_dim=32&widths=64&epochs=6&noise_factor=0.3&batch_size=32&pace=full"


@pytest.fixture(scope="module")
def large(app, chrome):
    """The Explore page of a denoising network with a code of 32 numbers that this person has trained, in dark."""
    with visitor(chrome, color_scheme="dark") as opened:
        yield trained(opened, app, LARGE)


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


# Counts lines that are drawn faintly, as the outlines of a cloud are.
COUNT_FAINT = """window.faint = 0; const {stroke} = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.stroke = function (...path) {
  if ([0.8, 0.4].some((faint) => Math.abs(this.globalAlpha - faint) < 0.01)) window.faint += 1;
  return stroke.apply(this, path);
};"""

TOO_LARGE = "variant=stacked&dataset=digits&widths=2048,1024&latent_dim=4&epochs=1&train_size=300&pace=full"
CLOUDS = "variant=variational&network=convolutional&dataset=digits&latent_dim=2&channels=4,8&epochs=2&pace=full"


@pytest.mark.long
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


@pytest.mark.long
def test_a_run_that_no_browser_computes_is_played_with_through_a_worker(app, chrome):
    with visitor(chrome) as person:
        trained(person, app, TOO_LARGE)
        assert "MB" in person.inner_text(".ae-explore-said"), "why the server computes it"
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


@pytest.mark.long
def test_one_hides_the_patches_oneself(app, chrome):
    with visitor(chrome) as person:
        trained(person, app, "variant=masked&dataset=digits&epochs=1&token_dim=16&latent_dim=8&pace=full")
        until(person, lambda: picture(person, ".ae-hidden-made").max() > 0)
        before = picture(person, ".ae-hidden-made")
        person.locator("input[name=hidden]").evaluate("one => { one.value = 0; one.dispatchEvent(new Event('input')) }")
        assert person.inner_text(".ae-hidden-said").startswith("Hidden patches: 0 of 49")
        whole = changed(person, ".ae-hidden-made", before)
        person.locator(".ae-hidden-seen").scroll_into_view_if_needed()
        box = person.locator(".ae-hidden-seen").bounding_box()
        person.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.5 * box["height"])
        person.mouse.down()
        person.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.5 * box["height"], steps=8)
        person.mouse.up()
        hidden = int(person.inner_text(".ae-hidden-said").split()[2])
        seen = picture(person, ".ae-hidden-seen").reshape(28, 28)
        assert 2 <= hidden <= 5 and (seen[12:16, 12:16] == 110).all()
        changed(person, ".ae-hidden-made", whole)
        person.focus(".ae-hidden-seen")
        person.keyboard.press("Space")
        assert int(person.inner_text(".ae-hidden-said").split()[2]) == hidden + 1
        hiding = [row[3] for row in table_of(saved(person, "hidden", "csv"))[1:]]
        assert hiding.count("1") == 16 * (hidden + 1)


@pytest.mark.long
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
        until(person, lambda: near(address(person)["at"], code(person, "decoded")), "the address comes after")
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
