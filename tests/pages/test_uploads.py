"""Fields for files: how large a file may be is said in two places, and both say the same."""

import tomllib

from pages.ui.server import uploads
from tests.conftest import ROOT


def test_a_field_takes_what_the_server_takes():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["server"]["maxUploadSize"] == uploads.LARGEST_MB
