"""Canonical set-ups held against published figures, and quick checks that every idea pulls the right way."""

import fnmatch
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ae_core import whole_files
from ae_core.errors import SettingError
from ae_core.reference import curve, directions, report, rows
from ae_core.reference.measurement import Bench, Outcome
from ae_core.reference.trial import Emit

DATASET = "mnist"
Say = Callable[[str], None]


def names(quick: bool) -> tuple[str, ...]:
    """What `--only` may choose from: rows and the curve, or quick checks."""
    if quick:
        return tuple(check.name for check in directions.available())
    return (*(row.name for row in rows.available()), curve.NAME)


def chosen(patterns: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The known names that match a pattern, in their own order; all if there is no pattern.

    Args:
        patterns: Names, or patterns such as `keras-*`.
        known: All names.

    Raises:
        SettingError: If a pattern matches nothing.
    """
    for pattern in patterns:
        if not fnmatch.filter(known, pattern):
            raise SettingError(f"--only must be among {', '.join(known)}. Received: {pattern[:80]!r}.")
    return tuple(
        name for name in known if not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
    )


def check_directions(only: Sequence[str], emit: Emit, say: Say, show: Say) -> tuple[dict[str, Any], bool]:
    """The quick checks, on data that need no network.

    Args:
        only: Names or patterns; empty for all.
        emit: Called with each message of each training.
        say: Called with a line when a training begins and when it has ended.
        show: Called with each finding's line.

    Returns:
        Plain values, and whether all claims hold.

    Raises:
        SettingError: If `only` names no check.
    """
    wanted = chosen(only, names(quick=True))
    bench = Bench(directions.DATASET, emit, say)
    findings = []
    for name in wanted:
        findings.append(directions.find(directions.CHECKS[name], bench))
        show(findings[-1].line)
    return {"checks": [finding.to_dict() for finding in findings]}, all(finding.ok for finding in findings)


def measure(
    only: Sequence[str], seeds: int | None, emit: Emit, say: Say, show: Say, out: Path | None = None
) -> dict[str, Any]:
    """Trains the canonical set-ups and holds them against the published figures.

    Args:
        only: Names or patterns; empty for all.
        seeds: Trainings of each row with different seeds; by default what each row says.
        emit: Called with each message of each training.
        say: Called with a line when a training begins and when it has ended.
        show: Called with the tables at the end.
        out: File for all numbers, written anew after each row; the curve is drawn beside it as `.svg`.

    Returns:
        Plain values.

    Raises:
        SettingError: If `only` names no row.
        DataError: If the data cannot be had.
        OSError: If `out` cannot be written.
    """
    wanted = chosen(only, names(quick=False))
    bench = Bench(DATASET, emit, say)
    result: dict[str, Any] = {"dataset": DATASET, **_machine(), "rows": []}
    _write(out, result)  # so that a place that cannot be written is known at once
    outcomes: list[Outcome] = []
    for outcome in bench.outcomes((rows.ROWS[name] for name in wanted if name in rows.ROWS), seeds):
        outcomes.append(outcome)
        result["rows"].append(outcome.to_dict())
        _write(out, result)
    if outcomes:
        show(report.table(outcomes))
    if curve.NAME in wanted:
        drawn = curve.measure(bench)
        result["curve"] = drawn.to_dict()
        _write(out, result)
        if out is not None:
            with whole_files.replaced(out.with_suffix(".svg")) as file:
                file.write_text(curve.svg(drawn))
        show(report.curve_table(drawn))
    return result


def _machine() -> dict[str, str]:
    import keras

    from ae_core.training import execution

    return {"device": execution.device_name(), "backend": keras.backend.backend()}


def _write(out: Path | None, result: dict[str, Any]) -> None:
    if out is not None:
        with whole_files.replaced(out) as file:
            file.write_text(json.dumps(result, indent=1))
