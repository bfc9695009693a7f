"""The numbers of a finished run, flat: what a lesson's rules may speak of."""

import math
from collections.abc import Mapping, Sequence

from ae_core.messages import Result, Setup, Snapshot

LAST = ("loss", "val_loss")  # of the history


def of_run(
    setup: Setup, snapshot: Snapshot, result: Result, extra: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Numbers of a run by name.

    Those of the test set bear the names of `measuring.metric_table`; those of the last snapshot that the test set lacks
    stand beside them. `loss` and `val_loss` are of the last epoch, `parameters` is a count, `loss_floor` what a perfect
    picture would still cost, and `diverged` is 1 for a run that had to be ended. What has no meaning for these data is
    not a number.

    Args:
        setup: The run's setup message.
        snapshot: Its last snapshot.
        result: Its result.
        extra: What the lesson's own function measured.
    """
    measured = {**snapshot.numbers, **result.test}
    found = {
        name: math.nan if value is None else float(value)
        for name, value in measured.items()
        if not isinstance(value, list)
    }
    found |= {name: _last(result.history.get(name)) for name in LAST}
    found |= {
        "parameters": float(result.parameters),
        "loss_floor": setup.loss_floor,
        "diverged": float(result.state == "diverged"),
    }
    return found | dict(extra or {})


def _last(column: Sequence[float | None] | None) -> float:
    value = column[-1] if column else None
    return math.nan if value is None else float(value)
