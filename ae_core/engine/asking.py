"""What an engine asks its workers beside their trainings."""

from abc import ABC
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from ae_core.anomalies import PARTS
from ae_core.engine import questions
from ae_core.engine.descriptions import Description
from ae_core.engine.recovery import Recovery
from ae_core.engine.supervisor import Supervisor
from ae_core.errors import DataError, EngineError
from ae_core.lessons.measured import Measured
from ae_core.messages import Part
from ae_core.ownership import fingerprint
from ae_core.portable.description import Portable
from ae_core.portable.tsne import STRETCHES
from ae_core.runs.files import is_id
from ae_core.runs.weights_film import weights_steps
from ae_core.settings import DataSpec, Settings


class Asking(ABC):
    """The part of an engine that asks questions; those that wait for a worker say so."""

    _recovery: Recovery
    _supervisor: Supervisor

    def describe(self, settings: Settings) -> Description | None:
        """The layers of the network that these settings build; None until a worker has said it.

        Ask again a moment later. The value is what `training` says of a network; the error, one sentence, why these
        settings build none.
        """
        known = self._supervisor.descriptions.get(settings)
        if known is None:
            self._supervisor.wake()
        return known

    def estimate(self, settings: Settings) -> float | None:
        """About how many seconds an experiment will train on the workers that are there; None until one has said it.

        Ask again a moment later. The numbers of a training that goes on are in its snapshots, `eta_seconds`.
        """
        self.describe(settings)
        return self._supervisor.descriptions.seconds(settings)

    def script(self, settings: Settings) -> dict[str, str]:
        """The experiment as a plain Keras script, which a worker writes: waits for it.

        Args:
            settings: The experiment.

        Returns:
            `python`: the source; `notebook`: the same as a Jupyter notebook, in JSON.

        Raises:
            EngineError: If no worker is ready, it takes too long, or the settings do not fit the data.
        """
        return self._supervisor.ask(questions.script, settings.to_dict())

    def model_part(self, run_id: str, part: str) -> bytes:
        """The trained model of a stored run, which a worker reads: waits for it.

        Args:
            run_id: The run.
            part: `whole`, or `encoder` or `decoder` alone.

        Returns:
            Content of a `.keras` file.

        Raises:
            EngineError: If no worker is ready, it takes too long, or the run has no trained model.
        """
        return self._supervisor.ask(questions.model_part, str(self._recovery.store.folder), run_id, part)

    def import_zip(self, payload: bytes, owner: str) -> str:
        """Stores a run from a zip file; a worker reads the model in it, if there is one: waits for it.

        Args:
            payload: The file's bytes, see `RunStore.import_zip`.
            owner: Secret token of the person who may command it.

        Returns:
            The run's new id.

        Raises:
            DataError: If anything in it is wrong, no worker is ready to read it, or it cannot be stored.
        """

        def renew(path: Path, settings: Settings, spec: DataSpec) -> None:
            given = str(path), settings.to_dict(), list(spec.shape), spec.unit_range
            try:
                self._supervisor.ask(questions.renew_model, *given)
            except EngineError as error:
                raise DataError(str(error)) from error

        return self._recovery.store.import_zip(payload, fingerprint(owner), renew=renew)

    def moments(self, run_id: str) -> Sequence[int]:
        """Steps of a stored run at which its network can be had beside its end, growing; also while it trains."""
        return weights_steps(self._recovery.store.folder / run_id) if is_id(run_id) else []

    def network(self, run_id: str, step: int | None = None) -> Portable:
        """The network of a stored run for the browser, which a worker reads: waits for it.

        Args:
            run_id: The run.
            step: One of its `moments`; None for the trained network.

        Returns:
            The network, or one sentence that says why a browser cannot have it.

        Raises:
            EngineError: If no worker is ready, or it takes too long.
        """
        return self._supervisor.ask(questions.network, str(self._recovery.store.folder), run_id, step)

    def compute(self, run_id: str, step: int, part: str, rows: bytes) -> bytes:
        """What a part of a run's network makes of some rows, for browsers that cannot: waits for a worker.

        Args:
            run_id: The run.
            step: Its last step, or one of its `moments`: another one is another network.
            part: `encoder` or `decoder`.
            rows: Examples as the network sees them, or codes: float32, little-endian.

        Returns:
            Codes or reconstructions, likewise.

        Raises:
            EngineError: If no worker is ready, it takes too long, or the rows do not fit.
        """
        return self._supervisor.ask(questions.compute, str(self._recovery.store.folder), run_id, step, part, rows)

    def lay_out(self, run_id: str, step: int, count: int) -> Iterator[tuple[float, bytes]]:
        """Lays out the codes of a run's held-out examples by t-SNE: waits for a worker at each stretch.

        Between two stretches the worker is free for other questions, and whoever has enough asks no further.

        Args:
            run_id: The run.
            step: Its last step, or one of its `moments`.
            count: How many examples, those of its map.

        Yields:
            The share that is done, up to 1, and the layout so far: float32, little-endian, of shape (count, 2).

        Raises:
            EngineError: If no worker is ready, it takes too long, or these codes cannot be laid out.
        """
        rows = self._supervisor.ask(questions.codes, str(self._recovery.store.folder), run_id, step, count)
        places = b""
        for done in range(1, STRETCHES + 1):
            places = self._supervisor.ask(questions.lay_out, rows, count, places)
            yield done / STRETCHES, places

    def lesson_measured(self, run_id: str, lesson: str) -> Measured:
        """What a lesson measures of a stored run by itself, beside what each run measures: waits for a worker.

        Args:
            run_id: A run that has ended.
            lesson: Name of the lesson.

        Raises:
            EngineError: If no worker is ready, it takes too long, or the run has no model.
        """
        return self._supervisor.ask(questions.lesson_measured, str(self._recovery.store.folder), run_id, lesson)

    def find_odd(self, run_id: str, normal: str) -> Iterator[tuple[float, bytes]]:
        """Looks for odd test examples of a run, with its rivals: waits for a worker at each part.

        Args:
            run_id: The run.
            normal: Classes that are called normal, see `data.classes`; empty for those that it was trained on.

        Yields:
            The share that is done, up to 1, and then `messages.Anomalies` as JSON.

        Raises:
            EngineError: If no worker is ready, it takes too long, or it cannot be done.
        """
        folder, parts = str(self._recovery.store.folder), []
        for name in PARTS:
            parts.append(self._supervisor.ask(questions.odd_part, folder, run_id, name, normal))
            yield len(parts) / (len(PARTS) + 1), b""
        yield 1.0, msgspec.json.encode(self._supervisor.ask(questions.odd_report, run_id, parts))

    def score_file(self, run_id: str, fitted: bytes) -> Part:
        """How odd a run finds the examples of a file: waits for a worker.

        Args:
            run_id: The run.
            fitted: The file, from `data.fit_apart`.

        Raises:
            EngineError: If no worker is ready, it takes too long, or it cannot be done.
        """
        return self._supervisor.ask(questions.odd_file, str(self._recovery.store.folder), run_id, fitted)
