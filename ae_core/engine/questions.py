"""Questions that a worker answers beside its trainings, because only workers load Keras.

To add one: a function here, and a method of `Engine` that asks it. The web process imports this file to name its
functions, so each of them imports what needs Keras when it is called.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ae_core.engine.answer import Answer, answer
from ae_core.errors import DataError
from ae_core.portable.description import Portable
from ae_core.runs import RunStore
from ae_core.settings import DataSpec
from ae_core.variants import read_settings

BROUGHT = "The model of an imported run"
NO_MODEL = "This run has no trained model: it failed, or has not ended."


def describe(settings: Mapping[str, Any]) -> Answer[Mapping[str, Any]]:
    """The layers of the network that these settings (plain, from `Settings.to_dict`) would build."""

    def work() -> Mapping[str, Any]:
        from ae_core.training import description

        return description.describe(read_settings(settings))

    return answer(work, "The network could not be described")


def script(settings: Mapping[str, Any]) -> Answer[dict[str, str]]:
    """The experiment as a plain Keras script, see `script.script_for`."""

    def work() -> dict[str, str]:
        from ae_core.script import script_for

        return script_for(settings)

    return answer(work, "The script could not be written")


def model_part(folder: str, run_id: str, part: str) -> Answer[bytes]:
    """The trained model of a stored run, `whole`, or its `encoder` or `decoder` alone: bytes of a `.keras` file."""

    def work() -> bytes:
        from ae_core.training import stored_model

        run = RunStore(Path(folder)).open(run_id)
        if run.model is None:
            raise DataError(NO_MODEL)
        return stored_model.export(run.model, run.experiment, run.spec(), part)

    return answer(work, "The model could not be read")


def renew_model(path: str, settings: Mapping[str, Any], shape: Sequence[int], unit_range: bool) -> Answer[bool]:
    """Checks a model that somebody brought, and writes it anew from our own network, see `stored_model.renew`."""

    def work() -> bool:
        from ae_core.training import stored_model

        stored_model.renew(Path(path), read_settings(settings), DataSpec(tuple(shape), unit_range), BROUGHT)
        return True

    return answer(work, "The model could not be read")


def network(folder: str, run_id: str) -> Answer[Portable]:
    """The trained network of a stored run for the browser, or why it has none, see `portable.network`."""

    def work() -> Portable:
        from ae_core.portable.network import portable

        try:
            run = RunStore(Path(folder)).open(run_id)
            return Portable(why=NO_MODEL) if run.model is None else portable(run.model, run.experiment, run_id)
        except DataError as error:
            return Portable(why=str(error))

    return answer(work, "The network could not be read")


def compute(folder: str, run_id: str, step: int, part: str, rows: bytes) -> Answer[bytes]:
    """What the encoder or the decoder of a stored run makes of some rows, see `by_worker.Answering.compute`.

    A run that is given more epochs has another step, and then another network.
    """

    def work() -> bytes:
        from ae_core.portable.by_worker import READY, Answering

        def bring() -> Answering:
            run = RunStore(Path(folder)).open(run_id)
            if run.model is None:
                raise DataError(NO_MODEL)
            return Answering(run.model, run.experiment, run.spec())

        return READY.compute((folder, run_id, step), bring, part, rows)

    return answer(work, "The network could not be asked")
