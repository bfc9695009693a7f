"""The command `train`: one training from its settings to its numbers."""

import argparse
import errno
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import msgspec

from ae_core import whole_files
from ae_core.cli import experiment
from ae_core.engine import load_keras
from ae_core.errors import DataError, SettingError
from ae_core.messages import Result, TrainingMessage


def add_to(commands: Any) -> None:
    """Adds the command to the sub-parsers of an `argparse` parser; `run` of what was given does the work.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
    """
    parser = commands.add_parser("train", help="train one autoencoder and print its numbers")
    experiment.add_arguments(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for result.json and model.keras")
    parser.add_argument("--json", action="store_true", help="last line of the output: one JSON object")
    parser.set_defaults(run=_train)


def _train(given: argparse.Namespace) -> int:
    settings = experiment.settings(given)
    if given.out is not None:
        given.out.mkdir(parents=True, exist_ok=True)
        if not os.access(given.out, os.W_OK):  # known before the training
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(given.out))
    load_keras()
    from ae_core.runs import RunStore
    from ae_core.runs.writer import result_json
    from ae_core.training import session

    store = RunStore()
    run = store.create(settings, origin="command line")
    progress = experiment.Progress()

    def emit(message: TrainingMessage) -> None:
        writer.message(message)
        progress(message)

    with store.writer(run.id) as writer:
        try:
            with progress.bar:
                training = session.TrainingSession(settings, emit=emit, run_id=run.id, keeper=writer)
                training.train()
                with writer.model_file() as model:
                    training.save(model)
                result = training.result()
        except KeyboardInterrupt:
            print(f"ae_core: interrupted; the snapshots of the run {run.id} are kept.", file=sys.stderr)
            return 130
        except (SettingError, DataError) as error:
            writer.fail(str(error))
            raise
        writer.finish(result)
    if writer.problem is not None:
        print(f"ae_core: the run {run.id} is not kept whole, because the disk did not take it.", file=sys.stderr)
    if given.out is not None:
        with whole_files.replaced(given.out / "model.keras") as file:
            if run.model is None:  # the disk of the runs did not take it; this one may
                training.save(file)
            else:
                shutil.copyfile(run.model, file)
        with whole_files.replaced(given.out / "result.json") as file:
            file.write_bytes(result_json(result))
    diverged = result.state == "diverged"
    if diverged:
        print(f"ae_core: {_divergence(result)}", file=sys.stderr)
    if given.json:
        print(msgspec.json.encode(result).decode())  # a number that is not finite becomes null
        return int(diverged)
    print(f"{settings.variant} on {settings.dataset}: {result.epochs:g} epochs in {result.seconds:.1f} s")
    for name, value in result.test.items():
        if not isinstance(value, list):  # one number for each unit of the code says nothing in a column
            print(f"  {name:24} {'–' if value is None else format(value, '.4f')}")
    return int(diverged)


def _divergence(result: Result) -> str:
    """What happened, and what to do about it, in one sentence."""
    rate = result.settings["learning_rate"]
    return (
        f"the training diverged at step {result.diverged_at:,}, and the last good state, of step {result.steps:,}, is "
        f"kept; lower learning_rate (now {rate:g}) and start again."
    )
