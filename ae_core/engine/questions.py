"""Questions that a worker answers beside its trainings, because only workers load Keras.

To add one: a function here, and a method of `Engine` that asks it. The web process imports this file to name its
functions, so each of them imports what needs Keras when it is called.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ae_core.data.fitting import unpacked
from ae_core.engine.answer import Answer, answer
from ae_core.errors import DataError
from ae_core.lessons.measured import Measured
from ae_core.messages import Anomalies, Part
from ae_core.portable.description import Portable
from ae_core.runs import RunStore, StoredRun
from ae_core.runs.weights_film import read_weights
from ae_core.settings import DataSpec
from ae_core.variants import read_settings

if TYPE_CHECKING:
    import keras

BROUGHT = "The model of an imported run"
NO_MODEL = "This run has no trained model: it failed, or has not ended."
NO_WEIGHTS = "What the network was at this step is not kept any more."


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


def network(folder: str, run_id: str, step: int | None = None) -> Answer[Portable]:
    """The network of a stored run for the browser, or why it has none, see `portable.network`.

    The trained one, or that of a step of which the weights are kept.
    """

    def work() -> Portable:
        from ae_core.portable.network import portable

        try:
            run = RunStore(Path(folder)).open(run_id)
            return portable(_trained(run, step), run.experiment, run_id)
        except DataError as error:
            return Portable(why=str(error))

    return answer(work, "The network could not be read")


def _trained(run: StoredRun, step: int | None) -> Path | bytes:
    """What a network is made of: the trained model's file, or the weights of an earlier step."""
    if run.model is not None and (step is None or (run.ended and step == run.step)):
        return run.model
    weights = None if step is None else read_weights(run.folder, step)
    if weights is None:
        raise DataError(NO_MODEL if step is None else NO_WEIGHTS)
    return weights


def compute(folder: str, run_id: str, step: int, part: str, rows: bytes) -> Answer[bytes]:
    """What the encoder or the decoder of a stored run makes of some rows at a step, see `by_worker.Answering.compute`.

    A run that is given more epochs has another last step, and then another network.
    """

    def work() -> bytes:
        from ae_core.portable.by_worker import READY
        from ae_core.portable.network import network_of

        def bring() -> "keras.Model":
            run = RunStore(Path(folder)).open(run_id)
            return network_of(_trained(run, step), run.experiment, run.spec())

        return READY.compute((folder, run_id), step, bring, part, rows)

    return answer(work, "The network could not be asked")


def codes(folder: str, run_id: str, step: int, count: int) -> Answer[bytes]:
    """The codes of the first held-out examples of a stored run at a step, as `tsne.stretch` is given them: float32."""

    def work() -> bytes:
        from ae_core.portable.network import codes_of
        from ae_core.portable.tsne import narrowed

        run = RunStore(Path(folder)).open(run_id)
        return narrowed(codes_of(_trained(run, step), run.experiment, count)).astype("<f4").tobytes()

    return answer(work, "The codes could not be read")


def lay_out(rows: bytes, count: int, places: bytes) -> Answer[bytes]:
    """A layout after one more stretch, see `tsne.stretch`; without places, after the first. All are float32."""

    def work() -> bytes:
        import numpy as np

        from ae_core.portable.tsne import stretch

        given = np.frombuffer(rows, "<f4").reshape(count, -1)
        so_far = np.frombuffer(places, "<f4").reshape(count, 2) if places else None
        return stretch(given, so_far).astype("<f4").tobytes()

    return answer(work, "The codes could not be laid out")


def lesson_measured(folder: str, run_id: str, lesson: str) -> Answer[Measured]:
    """What a lesson asks a stored run for, see `lessons.trained.of_stored`."""

    def work() -> Measured:
        from ae_core.lessons import trained

        return trained.of_stored(RunStore(Path(folder)).open(run_id), lesson)

    return answer(work, "The run could not be measured")


def odd_part(folder: str, run_id: str, part: str, normal: str) -> Answer[Part]:
    """How odd one of the detectors finds the test examples of a stored run, see `anomalies.report.part`."""

    def work() -> Part:
        from ae_core.anomalies import report

        return report.part(RunStore(Path(folder)).open(run_id), part, normal)

    return answer(work, "The examples could not be looked at")


def odd_report(run_id: str, parts: Sequence[Part]) -> Answer[Anomalies]:
    """What all of them come to together, see `anomalies.report.report`."""

    def work() -> Anomalies:
        from ae_core.anomalies import report

        return report.report(run_id, parts)

    return answer(work, "The detectors could not be compared")


def odd_file(folder: str, run_id: str, packed: bytes) -> Answer[Part]:
    """How odd a stored run finds the examples of a file, see `anomalies.report.of_file`."""

    def work() -> Part:
        from ae_core.anomalies import report

        return report.of_file(RunStore(Path(folder)).open(run_id), unpacked(packed))

    return answer(work, "The file could not be looked at")
