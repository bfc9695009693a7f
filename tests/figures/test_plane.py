"""The decoded plane behind the map: it lies where its codes are, and lets points and page stand out."""

import base64
import io

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from ae_core import figures
from ae_core.figures.plane import COLOURED, INK, STRONGEST
from ae_core.figures.views import PLAIN, VIEWS
from ae_core.messages import Plane
from tests import demo


def plane_of(image: Image.Image, x: tuple[float, float] = (-1.0, 3.0), y: tuple[float, float] = (0.0, 8.0)) -> Plane:
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return Plane(png=stream.getvalue(), columns=1, tile=(image.height, image.width), x=x, y=y)


def drawn(plane: Plane | None, wanted: bool = True) -> list[dict]:
    figure = figures.latent(demo.setup(2), demo.snapshot(5, 2, plane=plane), plane=wanted)
    go.Figure(figure)  # Plotly accepts it
    return figure["layout"].get("images", [])


def pixels(layout_image: dict) -> np.ndarray:
    head, content = layout_image["source"].split(",")
    assert head == "data:image/png;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(content))).convert("RGBA"))


def test_it_lies_below_the_points_from_edge_to_edge() -> None:
    (image,) = drawn(plane_of(Image.new("L", (4, 4))))
    assert (image["x"], image["y"], image["sizex"], image["sizey"]) == (-1.0, 8.0, 4.0, 8.0)
    assert (image["xanchor"], image["yanchor"]) == ("left", "top")
    assert (image["layer"], image["sizing"]) == ("below", "stretch")


def test_black_is_nothing_and_white_the_densest_ink() -> None:
    (image,) = drawn(plane_of(Image.fromarray(np.array([[0, 128, 255]], np.uint8))))
    found = pixels(image)[0]
    assert {tuple(colour) for colour in found[:, :3]} == {tuple(bytes.fromhex(INK[1:]))}
    np.testing.assert_allclose(found[:, 3], [0, STRONGEST * 128, STRONGEST * 255], atol=8)
    assert found[0, 3] == 0


@pytest.mark.parametrize("mode", ["RGB", "P"])
def test_colours_are_kept_and_faint(mode: str) -> None:
    picture = Image.fromarray(np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8)).convert(mode)
    (image,) = drawn(plane_of(picture))
    np.testing.assert_array_equal(pixels(image)[0, :, :3], [[255, 0, 0], [0, 0, 255]])
    assert image["opacity"] == COLOURED


def test_it_is_there_only_if_it_is_wanted_and_measured() -> None:
    plane = plane_of(Image.new("L", (4, 4)))
    assert not drawn(None) and not drawn(plane, wanted=False)
    (view,) = (view for view in VIEWS if view.name == "latent")
    setup, snapshot = demo.setup(2), demo.snapshot(5, 2, plane=plane)
    assert "images" not in view.draw(setup, snapshot, PLAIN)["layout"], "exports show the map alone"
    assert "images" not in view.draw(setup, snapshot, {"atlas_url": ""})["layout"]
    assert view.draw(setup, snapshot, {**PLAIN, "plane": True})["layout"]["images"]
