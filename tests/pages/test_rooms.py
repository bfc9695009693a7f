"""The rooms of the pages: each uses only what stands before it, and the engine is the only door to the workers."""

import ast

import pytest

from tests.conftest import ROOT
from tests.test_house import PAGES, imports, package_imports

UI = ROOT / "pages" / "ui"
# `state` also reads the form, whose rules know nothing of Streamlit.
FOR_ALL = ("progress", "shared", "showing", "static", "style", "state", "unseen")
RIGHT = ("explore", "classify", "odd", "hall", "lessons", "watch")
ROOMS = ("words", "presenting", "server", "form", "live", "runs", *RIGHT)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_uses_only_what_stands_before_it(room):
    allowed = {*FOR_ALL, *ROOMS[: ROOMS.index(room) + 1]}
    for path in [*(UI / room).glob("*.py"), *UI.glob(f"{room}.py")]:
        used = {name.split(".")[2] for name in imports(path) if name.startswith("pages.ui.")}
        assert used <= allowed, f"{path.name} of {room} uses {', '.join(sorted(used - allowed))}, which stands after it"


def test_every_file_of_the_pages_stands_in_a_room():
    assert {path.stem for path in UI.iterdir() if not path.name.startswith(("_", "README"))} == {*FOR_ALL, *ROOMS}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_know_the_engine_by_its_public_methods_only(path):
    inner = {name for name in package_imports(path) if name.startswith("ae_core.engine.")}
    assert not inner, f"{path.name} knows what stands behind the door: {', '.join(sorted(inner))}"
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr == "folder":
            assert not ast.unparse(node).endswith("store.folder"), f"{path.name}:{node.lineno} knows the store's folder"


@pytest.mark.parametrize("path", [path for path in PAGES if path.stem != "unseen"], ids=lambda path: path.name)
def test_what_shows_nothing_is_mounted_where_it_takes_no_room(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("v2.component"):
            html = next((ast.unparse(argument.value) for argument in node.keywords if argument.arg == "html"), "''")
            shows = html not in {"''", "None"} and "hidden" not in html
            assert shows, f"{path.name}:{node.lineno} has a component that shows nothing: `unseen` gives it no room"
