"""What is said below the plot of a sweep. No Streamlit session here."""

from types import SimpleNamespace
from typing import Any

import pytest

from ae_core.variants import read_settings
from pages.ui.runs import variations

ERRORS = {2: 0.05, 4: 0.03, 8: 0.012, 16: 0.0075, 32: 0.0068, 64: 0.0066}


def swept(name: str = "latent_dim", state: str = "done") -> list[Any]:
    """Stored runs that differ in one setting; the last one in the given state."""
    runs = []
    for place, (value, error) in enumerate(ERRORS.items()):
        settings = read_settings({"variant": "undercomplete", "dataset": "digits", name: value})
        run = SimpleNamespace(
            id=f"run{place}",
            twin_of="run0" if place else None,
            sweep="sweep",
            state="done",
            created=float(place),
            numbers={"test_mse": error, "pca_mse": 2 * error},
            settings=settings.to_dict(),
            experiment=settings,
        )
        runs.append(run)
    runs[-1].state = state
    return runs


@pytest.mark.parametrize(
    ("name", "state", "told"),
    [("latent_dim", "done", True), ("latent_dim", "running", False), ("epochs", "done", False)],
)
def test_where_a_finished_sweep_over_code_sizes_bends(monkeypatch, name, state, told):
    written: list[str] = []
    monkeypatch.setattr(variations.component, "mount", lambda key, payload: None)
    monkeypatch.setattr(variations.st, "html", lambda text, **given: written.append(text))
    runs = swept(name, state)
    variations._plot(runs[0], runs)
    assert any("flattens at a code of 16" in text for text in written) == told
