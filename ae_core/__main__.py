"""The same job without a browser: `python -m ae_core COMMAND`; `--help` lists the commands."""

import argparse
import dataclasses
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any, NoReturn

from ae_core import bench_command, classify_command, data, reference_command, run_commands, variants
from ae_core.config import SettingError, Settings, options

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's start-up notes say nothing to a user


class _Parser(argparse.ArgumentParser):
    """Refuses in one line instead of a page of usage."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Runs one command.

    Returns:
        Exit status: 0, or 2 for a wrong setting or data that cannot be had, or 130 when interrupted.
    """
    options_given = _parser().parse_args(arguments)
    try:
        return options_given.run(options_given)
    except (SettingError, data.DataError) as error:
        print(f"ae_core: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"ae_core: cannot write {error.filename}: {error.strerror}.", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m ae_core", description="Train autoencoders without a browser.")
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train one autoencoder and print its numbers")
    _add_experiment(train)
    train.add_argument("--out", type=Path, metavar="DIR", help="folder for result.json and model.keras")
    train.add_argument("--json", action="store_true", help="last line of the output: one JSON object")
    train.set_defaults(run=_train)

    record = commands.add_parser(
        "record",
        help="train, and keep the snapshots as a recording that a page can play; without a file, those of the app",
    )
    _add_experiment(record)
    record.add_argument("file", type=Path, nargs="?", help="file to write, .json.gz")
    record.add_argument("--frames", type=int, default=24, help="snapshots to keep, spread over the run")
    record.add_argument("--all", type=Path, metavar="DIR", help="folder for the recordings of all variants")
    record.set_defaults(run=_record, variant=None)

    reference_command.add_to(commands)
    bench_command.add_to(commands)

    run_commands.add_to(commands)
    classify_command.add_to(commands)
    for name, run in (("variants", _variants), ("datasets", _datasets)):
        listing = commands.add_parser(name, help=f"list the {name}")
        listing.add_argument("--json", action="store_true", help="print JSON")
        listing.set_defaults(run=run)
    return parser


def _add_experiment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--variant", default="vanilla", help="see: python -m ae_core variants")
    parser.add_argument("--dataset", help="see: python -m ae_core datasets")
    parser.add_argument("--epochs", metavar="N")
    parser.add_argument("--latent-dim", metavar="N")
    parser.add_argument("--seed", metavar="N")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any other setting")


def _settings(given: argparse.Namespace) -> Settings:
    values: dict[str, str] = {"variant": given.variant, "dataset": given.dataset or data.default_name()}
    for name in ("epochs", "latent_dim", "seed"):
        if getattr(given, name) is not None:
            values[name] = getattr(given, name)
    for pair in given.set:
        name, equals, value = pair.partition("=")
        if not equals:
            raise SettingError(f"--set must be KEY=VALUE. Received: {pair[:80]!r}.")
        values[name.strip().replace("-", "_")] = value.strip()
    settings = variants.read_settings(values)
    if settings.dataset not in data.catalogue():
        raise SettingError(
            f"dataset must be one of {', '.join(data.public_names())}. Received: {settings.dataset[:80]!r}."
        )
    return settings


class _Progress:
    """A bar on standard error, fed with a training's messages."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=Console(stderr=True)
        )
        self.task = self.bar.add_task("Starting", total=None)

    def __call__(self, message: dict[str, Any]) -> None:
        if message["kind"] == "progress":
            self.bar.update(self.task, description=message["text"])
        elif message["kind"] == "setup":
            self.bar.update(self.task, total=message["total_steps"], description="Training")
        else:
            losses = message["history"]["loss"]
            loss = f", loss {losses[-1]:.4f}" if losses else ""
            self.bar.update(self.task, completed=message["step"], description=f"Epoch {message['epoch']:.1f}{loss}")


def _train(given: argparse.Namespace) -> int:
    settings = _settings(given)
    if given.out is not None:
        given.out.mkdir(parents=True, exist_ok=True)
    from ae_core import training
    from ae_core.runs import RunStore

    store = RunStore()
    run = store.create(settings, origin="command line")
    progress = _Progress()

    def emit(message: dict[str, Any]) -> None:
        writer.message(message)
        progress(message)

    with store.writer(run.id) as writer:
        try:
            with progress.bar, writer.model_file() as model:
                result = training.train(settings, emit=emit, run_id=run.id, save_to=model, keeper=writer)
        except KeyboardInterrupt:
            print(f"ae_core: interrupted; the snapshots of the run {run.id} are kept.", file=sys.stderr)
            return 130
        except (SettingError, data.DataError) as error:
            writer.fail(str(error))
            raise
        writer.finish(result)
    if given.out is not None:
        shutil.copyfile(run.folder / "model.keras", given.out / "model.keras")
    if given.out is not None:
        (given.out / "result.json").write_text(json.dumps(result, indent=1))
    if given.json:
        print(json.dumps(result))
        return 0
    print(f"{settings.variant} on {settings.dataset}: {result['epochs']:g} epochs in {result['seconds']:.1f} s")
    for name, value in result["test"].items():
        if not isinstance(value, list):  # one number for each unit of the code says nothing in a column
            print(f"  {name:24} {'–' if value is None else format(value, '.4f')}")
    return 0


def _record(given: argparse.Namespace) -> int:
    from ae_core import demonstrations, recording

    if given.file is not None:
        given.variant = given.variant or "vanilla"
        progress = _Progress()
        with progress.bar:
            demonstrations.record_to(given.file, _settings(given), given.frames, progress)
        return 0
    if given.set or given.dataset or given.epochs or given.latent_dim or given.seed:
        raise SettingError("FILE must be named where settings are given; what the app ships with has its own.")
    folder = given.all or recording.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for variant in [variants.get(given.variant).name] if given.variant else variants.registry():
        progress = _Progress()
        with progress.bar:
            file = demonstrations.record(variant, folder, progress)
        print(f"{file}: {file.stat().st_size:,} bytes", file=sys.stderr)
    return 0


def _variants(given: argparse.Namespace) -> int:
    known = variants.registry().values()
    if given.json:
        print(json.dumps([_variant_facts(variant) for variant in known]))
        return 0
    for variant in known:
        print(f"{variant.name:16} {variant.idea}")
    return 0


def _variant_facts(variant: variants.Variant) -> dict[str, Any]:
    defaults = variant.settings().to_dict()
    settings = {
        name: {
            "default": defaults[name],
            "help": option.help,
            "low": option.low,
            "high": option.high,
            "choices": list(option.choices),
            "live": option.live,
        }
        for name, option in options(variant.settings).items()
    }
    return {
        "name": variant.name,
        "title": variant.title,
        "idea": variant.idea,
        "formula": variant.formula,
        "references": list(variant.references),
        "settings": settings,
    }


def _datasets(given: argparse.Namespace) -> int:
    known = data.catalogue().values()
    if given.json:
        print(json.dumps([dataclasses.asdict(info) for info in known]))
        return 0
    for info in known:
        shape = "×".join(str(length) for length in info.spec.shape)
        print(
            f"{info.name:16} {info.train_count:6} + {info.test_count:5} of {shape:8} {info.title}: {info.description}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
