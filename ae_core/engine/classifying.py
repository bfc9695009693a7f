"""Classifiers in the engine's queue: they wait their turn like trainings, on the code of a run that has ended."""

from collections.abc import Callable, Mapping
from typing import Any

from ae_core.engine import worker
from ae_core.engine.queue import Queue, Run
from ae_core.errors import EngineError
from ae_core.ownership import fingerprint, holds

MOST_EPOCHS = 100
MOST_LABELS = 1_000_000


def add(queue: Queue, base: Run | None, owner: str, wishes: Mapping[str, Any]) -> Run:
    """Puts a classifier on a run's code into the queue.

    Args:
        queue: The queue.
        base: The run, or None if there is no such run.
        owner: Secret token of the person who asks for it; the run must be theirs.
        wishes: `labels`, `fine_tune` and `epochs`, see `classifier.classify`, as far as they differ from its defaults.

    Returns:
        An entry of its own in the queue, whose `base` is the run's id. Its snapshots are `ClassifierSnapshot`s, and its
        result is a `ClassifierSummary`.

    Raises:
        EngineError: If this run has nothing to classify with, or a wish is not allowed.
    """
    labels, fine_tune, epochs = _checked(**wishes)
    with queue.lock:
        if base is None or base.base is not None:
            raise EngineError("There is no such run any more.")
        if not holds(owner, base.owner):
            raise EngineError("Only the person who may command this run can train a classifier on its code.")
        problem = why_not(base)
        if problem:
            raise EngineError(problem)
        before = of(queue, base.id)
        if before is not None and not before.ended:
            raise EngineError("A classifier of this run trains or waits already; stop it, or wait for it.")
        run = queue.add(base.settings, fingerprint(owner))
        run.base, run.wishes = base.id, {"labels": labels, "fine_tune": fine_tune, "epochs": epochs}
        return run


def _checked(labels: Any = 0, fine_tune: Any = False, epochs: Any = 20) -> tuple[int, bool, int]:
    for name, value, low, high in (("labels", labels, 0, MOST_LABELS), ("epochs", epochs, 1, MOST_EPOCHS)):
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise EngineError(f"{name} must be an integer from {low} to {high}. Received: {str(value)[:80]}.")
    return labels, bool(fine_tune), epochs


def why_not(run: Run) -> str:
    """One sentence: why nothing can be classified with a run's code; empty if something can."""
    if not run.ended or run.measuring:
        return "This run still trains; a classifier can follow when it has ended."
    if not run.stored or run.result is None:
        return "This run has no trained model: it failed, or is not kept on disk."
    if run.setup is None or len(run.setup.class_names) < 2:
        return "The data of this run have no classes, so there is nothing to classify."
    return ""


def of(queue: Queue, run_id: str) -> Run | None:
    """The newest classifier of a run that the queue remembers; None if there is none."""
    return next((run for run in queue.all() if run.base == run_id), None)


def task_of(run: Run, topic: str, folder: str) -> tuple[Callable[..., None], *tuple[Any, ...]]:
    """The function of a worker that does what an entry of the queue asks for, and its arguments.

    Args:
        run: The entry.
        topic: Where the worker reports.
        folder: The store of runs.
    """
    if run.base is not None:
        return worker.classify, folder, run.base, dict(run.wishes), run.id, topic
    return worker.train, run.settings.to_dict(), run.id, topic, folder if run.stored else None
