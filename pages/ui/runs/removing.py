"""Removes a run for good, with what its pages have left beside the store."""

from ae_core.engine import TrainingJob
from ae_core.errors import DataError
from pages.ui import static
from pages.ui.live import kept
from pages.ui.shared import engine


def remove(run_id: str, owner: str) -> None:
    """Removes an ended run, what was packed of it for pages, and the pictures of its data if no other run has them.

    Args:
        run_id: The run.
        owner: Secret token of the person.

    Raises:
        EngineError: If the owner is another.
        DataError: If it cannot be removed.
    """
    run = engine().run(run_id)
    engine().remove(run_id, owner)
    kept.forget(run_id)
    if run is not None and run.setup is not None and not _shared(run):
        static.remove_atlas(run.setup.atlas.png)


def _shared(run: TrainingJob) -> bool:
    """Whether another run is of the same data. A recording may be too: whoever looks at it brings its pictures back."""
    try:
        return any(one.settings.get("dataset") == run.settings.dataset for one in engine().store.list_runs())
    except DataError:
        return False
