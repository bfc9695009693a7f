"""What is said below the plot of a sweep. No Streamlit session here."""

from types import SimpleNamespace
from typing import Any

import pytest

from ae_core.errors import EngineError
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


class Full(SimpleNamespace):
    """An engine that takes so many runs."""

    def submit(self, settings, owner, **given):
        if len(self.taken) == self.room:
            raise EngineError("The queue is full; try again later.")
        self.taken.append(settings)
        return SimpleNamespace(id=f"new{len(self.taken)}")


@pytest.mark.parametrize(
    ("room", "problem", "left", "compared"),
    [
        (3, "", "", ["run0", "new1", "new2", "new3"]),
        (
            2,
            "2 of 3 runs were started, the others not. The queue is full; try again later.",
            "16",
            ["run0", "new1", "new2"],
        ),
        (0, "The queue is full; try again later.", "4 8 16", ["before"]),
    ],
)
def test_what_of_a_sweep_has_no_room_waits_in_its_field(monkeypatch, room, problem, left, compared):
    full = Full(room=room, taken=[])
    own: Any = SimpleNamespace(owner="me", twin_problem="before", compared=["before"])
    state = {"twin_setting": "latent_dim", "twin_values": "4 8 16"}
    monkeypatch.setattr(variations, "engine", lambda: full)
    monkeypatch.setattr(variations.addresses, "of_visitor", str)
    monkeypatch.setattr(variations.st, "session_state", state)
    base = swept()[0]
    variations._start(own, base, base.experiment)
    assert (own.twin_problem, state["twin_values"], own.compared) == (problem, left, compared)
    assert [one.latent_dim for one in full.taken] == [4, 8, 16][:room]
