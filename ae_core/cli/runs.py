"""Stored runs on the command line: `runs`, `export` and `import`."""

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from ae_core import data, whole_files
from ae_core.engine import SHORT, load_keras
from ae_core.errors import DataError
from ae_core.figures.film import KINDS, film
from ae_core.messages import Setup, Snapshot
from ae_core.runs import Going, RunStore, StoredRun
from ae_core.settings import DataSpec, Settings
from ae_core.web_page import web_page


def add_to(commands: Any) -> None:
    """Adds the three commands to the sub-parsers of an `argparse` parser; `run` of what was given does the work.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
    """
    listing = commands.add_parser("runs", help="list the stored runs, newest first")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.add_argument("--all", action="store_true", help="for a host: whose they are, their size and since when")
    listing.set_defaults(run=_runs)

    export = commands.add_parser("export", help="write a stored run, its model, script, curves or film to a file")
    export.add_argument("id", metavar="RUN", help="see: python -m ae_core runs; after -- if it begins with -")
    what = export.add_mutually_exclusive_group(required=True)
    for name, help_text in (
        ("script", "the experiment as one plain Keras script, .py"),
        ("notebook", "the same as a Jupyter notebook, .ipynb"),
        ("model", "the Keras model, .keras"),
        ("zip", "the whole run, for import"),
        ("csv", "the curves: step, epoch, seconds and losses"),
        ("film", "map and pictures as they changed, one animated picture, .webp or .gif"),
        ("page", "film and network as one page to play with, which opens from a disk, .html"),
    ):
        what.add_argument(f"--{name}", dest="what", action="store_const", const=name, help=help_text)
    export.add_argument("file", type=Path, metavar="FILE", help="file to write; one that is there is replaced")
    export.set_defaults(run=_export)

    importing = commands.add_parser("import", help="store a run that was exported as a zip, and print its new id")
    importing.add_argument("file", type=Path, metavar="FILE", help="what export --zip has written")
    importing.set_defaults(run=_import)


def _runs(given: argparse.Namespace) -> int:
    store = RunStore()
    runs = store.list_runs()
    going = {one.run.id: one for one in store.about_to_go()}
    if given.json:
        whose = [{"owner": _owner(run)} if given.all else {} for run in runs]
        print(json.dumps([facts(run, going.get(run.id)) | more for run, more in zip(runs, whose, strict=True)]))
        return 0
    for run in runs:
        loss = run.numbers.get("val_loss")
        said = [
            run.id,
            time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created)),
            f"{run.state:11}",
            *([f"{_owner(run):8}", f"{run.size / 2**20:7.1f} MB", _since(run)] if given.all else []),
            f"{run.settings.get('variant', '')!s:16}",
            f"{data.called(str(run.settings.get('dataset', ''))):14}",
            f"{run.epoch:6.1f} epochs",
            f"validation loss {'–' if loss is None else format(loss, '.4f')}",
            *(["pinned"] if run.pinned else []),
            *(["goes next"] if run.id in going else []),
            run.title,
        ]
        print("  ".join(said).rstrip())
    for run_id in store.damaged():
        print(f"{run_id}  cannot be read: a file of it is damaged, or of a newer version")
    return 0


def _owner(run: StoredRun) -> str:
    return (run.owner or "")[:SHORT]


def _since(run: StoredRun) -> str:
    """For how long a run has been where it stands."""
    seconds = time.time() - (run.finished or run.started or run.created)
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:4.0f} {unit:3}"
    return f"{seconds:4.0f} s  "


def facts(run: StoredRun, going: Going | None = None) -> dict[str, Any]:
    """What `runs --json` says of a run. Whose it is stays untold.

    Args:
        run: The run.
        going: When and why it will be removed, if it is about to be.
    """
    names = (
        "id",
        "state",
        "title",
        "origin",
        "pinned",
        "created",
        "started",
        "finished",
        "error",
        "step",
        "epoch",
        "seconds",
        "total_steps",
        "total_epochs",
        "device",
        "backend",
        "parameters",
        "code_size",
        "size",
        "frames",
        "twin_of",
        "sweep",
    )
    return {name: getattr(run, name) for name in names} | {
        "settings": dict(run.settings),
        "numbers": dict(run.numbers),
        "test": dict(run.test),
        "going": None if going is None else {"at": going.at, "reason": going.reason},
    }


def _export(given: argparse.Namespace) -> int:
    store = RunStore()
    run = store.open(given.id)
    with whole_files.replaced(given.file) as file:
        _write(store, run, given, file)
    print(f"{given.file}: {given.file.stat().st_size:,} bytes")
    return 0


def _write(store: RunStore, run: StoredRun, given: argparse.Namespace, file: Path) -> None:
    if given.what == "model":
        if run.model is None:
            raise DataError(f"The run {run.id} has no model: it is kept when a training has ended.")
        load_keras()
        from ae_core.training import stored_model

        file.write_bytes(stored_model.export(run.model, run.experiment, run.spec(), "whole"))
    elif given.what in ("script", "notebook"):
        load_keras()
        from ae_core.script import script_for

        kind = {"script": "python", "notebook": "notebook"}[given.what]
        file.write_text(script_for(dict(run.settings))[kind], encoding="utf-8")
    elif given.what == "zip":
        store.export_zip(run.id, file)
    elif given.what == "film":
        file.write_bytes(_film(run, given.file))
    elif given.what == "page":
        file.write_bytes(_page(run))
    else:
        file.write_text(store.history_csv(run.id), encoding="utf-8")


def _frames(run: StoredRun) -> tuple[Setup, Sequence[Snapshot]]:
    """What a film shows, and the data set by the name that a person knows."""
    setup, frames = run.setup(), run.snapshots()
    if setup is None or not frames:
        raise DataError(f"The run {run.id} has nothing to show yet.")
    name = data.called(str(run.settings.get("dataset", "")))
    return replace(setup, settings={**setup.settings, "dataset": name}), frames


def _film(run: StoredRun, file: Path) -> bytes:
    kind = next((one for one in KINDS if file.suffix.lower() == f".{one}"), None)
    if kind is None:
        raise DataError(f"The file of a film must end in .webp or .gif. Received: {file.name}.")
    setup, frames = _frames(run)
    return film(setup, frames, kind)


def _page(run: StoredRun) -> bytes:
    setup, frames = _frames(run)
    if run.model is None:
        return web_page(setup, frames, why="It has no trained model.")
    load_keras()
    from ae_core.portable.network import portable

    try:
        found = portable(run.model, run.experiment, run.id)
    except DataError as error:  # the film needs neither its data nor its model
        return web_page(setup, frames, why=str(error))
    return web_page(setup, frames, found.content, found.why)


def _import(given: argparse.Namespace) -> int:
    print(RunStore().import_zip(given.file, renew=_renew))
    return 0


def _renew(path: Path, settings: Settings, spec: DataSpec) -> None:
    load_keras()
    from ae_core.training import stored_model

    stored_model.renew(path, settings, spec, "The model of an imported run")
