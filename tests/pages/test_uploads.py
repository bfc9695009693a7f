"""Files that a person brings: how large they may be is said in two places, alike; and they are known after a reload."""

import tomllib
from types import SimpleNamespace

import numpy as np
import pytest

from ae_core import data
from ae_core.ownership import fingerprint
from pages.ui import state
from pages.ui.server import uploads
from tests.conftest import ROOT
from tests.hostile import packed

ME, ANOTHER = "m" * 43, "a" * 43


def test_a_field_takes_what_the_server_takes():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == uploads.LARGEST_MB


@pytest.mark.parametrize(("token", "theirs"), [(ME, True), (ANOTHER, False), ("", False)])
def test_a_page_that_is_loaded_again_knows_what_its_person_has_brought(token, theirs, alone, monkeypatch):
    brought = data.store_upload("mine.npz", packed(x_train=np.zeros((50, 8, 8), np.uint8)), fingerprint(ME))
    browser = SimpleNamespace(cookies={state.COOKIE: token})
    monkeypatch.setattr(state, "st", SimpleNamespace(context=browser, query_params=SimpleNamespace(to_dict=dict)))
    assert state._open().uploads == ({brought.name} if theirs else set())
