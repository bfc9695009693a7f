"""The command `classify`: a trained encoder goes on as a classifier, without a browser."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from msgspec import UNSET

from ae_core.cli.bounds import whole
from ae_core.engine import load_keras
from ae_core.messages import ClassifierSnapshot, plain

NAMES = {"code": "softmax on the code", "pixels": "softmax on pixels", "pca": "softmax on PCA of the same size"}


def add_to(commands: Any) -> None:
    """Adds the command to the sub-parsers of an `argparse` parser; `run` of what was given does the work.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser("classify", help="train a classifier on the code of a trained autoencoder")
    parser.add_argument("folder", type=Path, metavar="DIR", help="what train --out DIR has left")
    parser.add_argument("--labels", type=whole, default=0, metavar="N", help="labelled images to learn from; 0: all")
    parser.add_argument("--fine-tune", action="store_true", help="train the encoder too, not only the last layer")
    parser.add_argument(
        "--epochs", type=whole, default=20, metavar="N", help="how many times each labelled image is seen (default: 20)"
    )
    parser.add_argument("--seed", type=whole, default=0, metavar="N", help="for all chance, the choice of labels too")
    parser.add_argument("--json", action="store_true", help="last line of the output: one JSON object")
    parser.set_defaults(run=_classify)


def _classify(given: argparse.Namespace) -> int:
    load_keras()
    from ae_core.training import classifier

    told: set[tuple[str, int]] = set()

    def tell(message: ClassifierSnapshot) -> None:
        errors = message.curves[message.name].validation_error
        place = (message.name, len(errors))
        if errors and place not in told:
            told.add(place)
            error = f"{errors[-1]:.2%} mistakes in validation"
            print(f"{NAMES[message.name]}: epoch {len(errors)} of {message.epochs}, {error}", file=sys.stderr)

    try:
        result = classifier.classify_saved(
            given.folder,
            labels=given.labels,
            fine_tune=given.fine_tune,
            epochs=given.epochs,
            seed=given.seed,
            emit=tell,
        )
    except KeyboardInterrupt:
        print("ae_core: interrupted; nothing was kept.", file=sys.stderr)
        return 130
    if given.json:
        print(json.dumps(plain(result)))
        return 0
    print(f"Mistakes in the test, after {result.epochs} epochs over {result.labels} labelled images:")
    own = "code, encoder trained too" if given.fine_tune else NAMES["code"]
    rows = [(own, result.test_error)]
    for name, rival in (("pixels", result.pixels), ("pca", result.pca)):
        if rival is not UNSET:
            rows.append((NAMES[name], rival.test_error))
    for words, error in (*rows, *((row.name, row.test_error) for row in result.published)):
        print(f"  {words:72} {error:7.2%}")
    if result.published:
        print(f"  Last {len(result.published)} lines: {result.published_in}.")
    return 0
