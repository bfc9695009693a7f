"""The command `anomalies`: which test examples are odd to a stored run, and to its rivals, without a browser."""

import argparse
import sys
from typing import Any

from msgspec import json, structs

from ae_core.engine import load_keras
from ae_core.errors import SettingError
from ae_core.messages import Anomalies, Detector
from ae_core.runs import RunStore

NAMES = {
    "error": "reconstruction error",
    "distance": "distance of codes",
    "bound": "negative evidence lower bound",
    "pca": "PCA, code of the same size",
    "knn": "nearest neighbours",
    "isolation_forest": "isolation forest",
    "one_class_svm": "one-class SVM",
}
SURE = 0.0125  # level of a difference: 5 %, over the four rivals that are looked at


def add_to(commands: Any) -> None:
    """Adds the command to the sub-parsers of an `argparse` parser; `run` of what was given does the work.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser("anomalies", help="say which test examples are odd to a stored run, beside rivals")
    parser.add_argument("id", metavar="RUN", help="see: python -m ae_core runs; after -- if it begins with -")
    parser.add_argument(
        "--normal", default="", metavar="CLASSES", help="comma-separated; by default those that it was trained on"
    )
    parser.add_argument(
        "--quantile",
        default="0.95",
        metavar="Q",
        help="share of normal validation examples below the threshold (default: 0.95)",
    )
    parser.add_argument("--json", action="store_true", help="last line of the output: one JSON object")
    parser.set_defaults(run=_anomalies)


def _anomalies(given: argparse.Namespace) -> int:
    quantile = _quantile(given.quantile)
    run = RunStore().open(given.id)
    load_keras()
    from ae_core.anomalies import report

    try:
        for told in report.examine(run, given.normal, quantile):
            if isinstance(told, float):
                print(f"{told:.0%} done", file=sys.stderr)
            else:
                _print(told, given.json)
    except KeyboardInterrupt:
        print("ae_core: interrupted.", file=sys.stderr)
        return 130
    return 0


def _quantile(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1:
        raise SettingError(f"quantile must be a number above 0 and below 1. Received: {text[:80]!r}.")
    return value


def numbers(one: Detector) -> dict[str, object]:
    """What `--json` says of a detector; `auc` and `ap` are null where nothing says which examples are odd.

    Args:
        one: The detector.
    """
    return {name: value for name, value in structs.asdict(one).items() if name != "name"}


def _print(found: Anomalies, as_json: bool) -> None:
    if as_json:
        names = found.whole.class_names
        whole = {
            "run_id": found.run_id,
            "normal": [names[one] for one in found.whole.normal],
            "quantile": found.quantile,
            "confusion": found.confusion,
        }
        rivals = {one.name: numbers(one) for one in found.detectors[1:]}
        print(json.encode(whole | numbers(found.detectors[0]) | rivals).decode())
        return
    print(f"{'':28}{'area under ROC':>26}{'average precision':>26}{'threshold':>14}")
    for one in found.detectors:
        roc, precision = _area(one.auc, one.auc_interval), _area(one.ap, one.ap_interval)
        print(f"{NAMES[one.name]:28}{roc:>26}{precision:>26}{one.threshold:>14.6g}")
    if found.confusion is None:
        print("Nothing says which test examples are odd: name the normal classes with --normal.")
        return
    told = found.confusion
    print(
        f"Above the threshold of the reconstruction error: {told.hits:,} of {told.hits + told.misses:,} odd examples, "
        f"and {told.false_alarms:,} of {told.false_alarms + told.passed:,} normal ones."
    )
    best = max(found.detectors[found.own :], key=lambda one: one.auc or 0.0)
    if (best.auc or 0.0) > (found.detectors[0].auc or 0.0) and best.p_value is not None:
        chance = "" if best.p_value < SURE else ", but chance may explain that"
        print(
            f"Larger than the area of the reconstruction error: that of {NAMES[best.name]}{chance} "
            f"(p = {best.p_value:.3g})."
        )
    own = max(found.detectors[: found.own], key=lambda one: one.auc or 0.0)
    if own.name != found.detectors[0].name:
        print(f"The best of the network's own scores here: {NAMES[own.name]} ({own.auc:.4f}).")
    if not found.whole.alone:
        print("The network has also learnt from odd classes; trained with --set normal=… it may do better.")


def _area(value: float | None, interval: tuple[float, float] | None) -> str:
    return "–" if value is None or interval is None else f"{value:.4f} ({interval[0]:.4f}–{interval[1]:.4f})"
