"""What the commands that train have in common: the experiment's arguments, and a bar that fills while it trains."""

import argparse
from pathlib import Path

from ae_core import data, messages, variants
from ae_core.data import uploads
from ae_core.data.classes import class_numbers
from ae_core.errors import SettingError
from ae_core.messages import Setup, Snapshot, TrainingMessage
from ae_core.runs import RunStore
from ae_core.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments from which `settings` reads an experiment."""
    parser.add_argument("--variant", default="vanilla", help="see: python -m ae_core variants")
    parser.add_argument(
        "--dataset",
        help="see: python -m ae_core datasets; or a file: .npz, .csv, .zip, … (default: mnist if here, else digits)",
    )
    parser.add_argument("--epochs", metavar="N", help="how many times the network sees every training image")
    parser.add_argument("--latent-dim", metavar="N", help="numbers in the code")
    parser.add_argument("--seed", metavar="N", help="start of all random numbers: the same seed gives the same run")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="any other setting, again for each; see: python -m ae_core variants --json",
    )


def settings(given: argparse.Namespace) -> Settings:
    """The experiment that these arguments describe.

    Raises:
        SettingError: If one of them is wrong; it names the setting, what is allowed, and what came.
        DataError: If there is no such data set, or what is wrong with its file.
    """
    values: dict[str, str] = {"variant": given.variant, "dataset": given.dataset or data.default_name()}
    for name in ("epochs", "latent_dim", "seed"):
        if getattr(given, name) is not None:
            values[name] = getattr(given, name)
    for pair in given.set:
        name, equals, value = pair.partition("=")
        if not equals:
            raise SettingError(f"--set must be KEY=VALUE. Received: {pair[:80]!r}.")
        values[name.strip().replace("-", "_")] = value.strip()
    # A path is for the command line alone: from here on the file is an upload with a name like any other, also in the
    # settings that are stored. No address, page or imported run ever names a path.
    if values["dataset"].lower().endswith(uploads.ENDINGS) and values["dataset"] not in data.catalogue():
        values["dataset"] = data.bring(Path(values["dataset"]), RunStore().needed_data()).name
    found = variants.read_settings(values)
    info = data.info(found.dataset).chosen(found)
    if info.class_names:  # else they are unknown until the data are loaded
        class_numbers(found.normal, info.class_names)
    return found


class Progress:
    """A bar on standard error, fed with a training's messages."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn(), console=Console(stderr=True)
        )
        self.task = self.bar.add_task("Starting", total=None)

    def __call__(self, message: TrainingMessage) -> None:
        """Takes one message."""
        match message:
            case messages.Progress():
                self.bar.update(self.task, description=message.text)
            case Setup():
                self.bar.update(self.task, total=message.total_steps, description="Training")
            case Snapshot():
                losses = message.history["loss"]
                loss = f", loss {losses[-1]:.4f}" if losses else ""
                self.bar.update(self.task, completed=message.step, description=f"Epoch {message.epoch:.1f}{loss}")
