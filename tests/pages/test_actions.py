"""What can be done with the runs of the table, and what is said where it cannot."""

from dataclasses import replace

import msgspec
import pytest

from ae_core.engine import Engine
from ae_core.runs import RunStore
from ae_core.runs.files import RUN
from pages.ui.form.form import Form
from pages.ui.runs import actions
from pages.ui.state import Session
from tests.stored import SETTINGS

ME = "m" * 43

pytestmark = pytest.mark.usefixtures("unsynced")


@pytest.fixture
def own(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Session:
    engine = Engine(store=store)
    monkeypatch.setattr(actions, "engine", lambda: engine)
    return Session(Form(), ME, True)


def test_a_run_opens_on_the_train_page(own: Session, store: RunStore) -> None:
    run = store.create(replace(SETTINGS, seed=7))
    actions._open(own, run.id)
    assert (own.run_id, own.leave_for, own.failure) == (run.id, "train", "")
    assert own.form.settings().seed == 7


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"variant": "of_another_version"}, "variant must be one of"), ({"epochs": 10**9}, "epochs must be")],
)
def test_a_run_of_another_version_says_why_it_does_not_open(
    changes: dict[str, object], said: str, own: Session, store: RunStore
) -> None:
    run = store.create(SETTINGS)
    about = msgspec.json.decode((run.folder / RUN).read_bytes())
    about["settings"] |= changes
    (run.folder / RUN).write_bytes(msgspec.json.encode(about))
    assert [one.id for one in store.list_runs()] == [run.id], "it stands in the table"
    actions._open(own, run.id)
    assert (own.run_id, own.leave_for) == (None, "")
    assert own.failure.startswith(said)


def test_a_run_that_has_gone_meanwhile_is_said_to_be_gone(own: Session) -> None:
    actions._open(own, "x" * 12)
    assert own.run_id is None and "no such stored run" in own.failure
