"""The command `record`: trainings as small files that a page can play without training anything."""

import argparse
import sys
from pathlib import Path
from typing import Any

from ae_core import variants
from ae_core.cli import experiment
from ae_core.cli.bounds import number
from ae_core.engine import load_keras
from ae_core.errors import SettingError


def add_to(commands: Any) -> None:
    """Adds the command to the sub-parsers of an `argparse` parser; `run` of what was given does the work.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser(
        "record",
        help="train, and keep the snapshots as a recording that a page can play; without a file, those of the app",
    )
    experiment.add_arguments(parser)
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="file to write, .msgpack.gz; one that is there is replaced"
    )
    parser.add_argument(
        "--frames",
        type=number(int, 2, 1000),
        default=24,
        metavar="N",
        help="snapshots of FILE, spread over the run (default: 24)",
    )
    parser.add_argument("--all", type=Path, metavar="DIR", help="folder for the recordings of all variants")
    parser.set_defaults(run=_record, variant=None)


def _record(given: argparse.Namespace) -> int:
    if given.file is not None and given.all is not None:
        raise SettingError("FILE and --all DIR must not be named together.")
    load_keras()
    from ae_core.recordings import demonstrations, recording

    if given.file is not None:
        given.variant = given.variant or "vanilla"
        progress = experiment.Progress()
        with progress.bar:
            demonstrations.record_to(given.file, experiment.settings(given), given.frames, progress)
        return 0
    if given.set or given.dataset or given.epochs or given.latent_dim or given.seed:
        raise SettingError("FILE must be named where settings are given; what the app ships with has its own.")
    folder = given.all or recording.FOLDER
    for variant in [variants.get(given.variant).name] if given.variant else variants.registry():
        progress = experiment.Progress()
        with progress.bar:
            file = demonstrations.record(variant, folder, progress)
        print(f"{file}: {file.stat().st_size:,} bytes", file=sys.stderr)
    return 0
