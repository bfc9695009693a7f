"""What a training says of itself, and what is kept of it: every message and stored record, declared once.

A worker sends them as msgpack, see `encode` and `decode`; `runs` keeps them on disk; figures, diagnosis and pages read
them. They are checked where they come in: a value of another type or outside its bounds is refused by name. Of a
newer version's message what is not known here is left out.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field

MOST_POINTS = 20_000  # of the code map
MOST_PNG = 12 * 2**20  # bytes
MOST_CURVE = 2000  # points
MOST_EPOCHS = 10_000
LONGEST_TITLE = 80
LONGEST_ERROR = 1000

State = Literal["queued", "running", "paused", "done", "stopped", "failed", "interrupted"]
Origin = Literal["app", "command line", "imported"]

Count = Annotated[int, Meta(ge=0, le=2**53)]
Positive = Annotated[int, Meta(ge=1, le=2**53)]
Amount = Annotated[float, Meta(ge=0)]  # finite or not: a training that has gone astray measures infinity
Share = Annotated[float, Meta(ge=0, le=1)]
Time = Annotated[float, Meta(ge=0, le=1e11)]  # seconds since 1970
Name = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_][A-Za-z0-9_ .+-]{0,79}\Z")]
RunId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{12}\Z")]
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=4000)]
Picture = Annotated[bytes, Meta(max_length=MOST_PNG)]  # a PNG file
Tile = tuple[Annotated[int, Meta(ge=1, le=1024)], Annotated[int, Meta(ge=1, le=1024)]]  # height and width, pixels
Columns = Annotated[int, Meta(ge=1, le=1000)]
Gap = Annotated[int, Meta(ge=0, le=64)]  # pixels
Numbers = Annotated[dict[Name, float | Annotated[list[float], Meta(max_length=20_000)] | None], Meta(max_length=200)]
Scalars = Annotated[dict[Name, float | None], Meta(max_length=200)]
Settings = Annotated[dict[str, Any], Meta(max_length=100)]  # plain values; `variants.read_settings` checks each
Curves = Annotated[dict[Name, Annotated[list[float | None], Meta(max_length=MOST_EPOCHS)]], Meta(max_length=100)]


class Atlas(Struct, kw_only=True):
    """The pictures of the scatter's points on one sheet.

    Args:
        png: The sheet, a PNG file; its tiles follow one another row by row, without gaps.
        columns: Tiles in a row.
        tile: Height and width of one, in pixels.
        count: Tiles.
    """

    png: Picture
    columns: Columns
    tile: Tile
    count: Annotated[int, Meta(ge=1, le=MOST_POINTS)]


class PanelTitle(Struct, kw_only=True):
    """A panel of the run: what else can be looked at.

    Args:
        name: By which a snapshot's `panels` has it.
        title: Two or three words for a person.
        help: One or two sentences for a person.
    """

    name: Name
    title: Line
    help: Text


class PhaseStart(Struct, kw_only=True):
    """Where a phase of the training begins.

    Args:
        name: A few words for a person, such as `layer 1`.
        epoch: Epochs done before it.
    """

    name: Annotated[str, Meta(max_length=80)]
    epoch: Amount


class Setup(Struct, kw_only=True, tag="setup", tag_field="kind"):
    """What stays the same through a run; sent once, before the first snapshot.

    Args:
        run_id: The run, or an empty text.
        settings: The experiment's plain values by name, `variant` among them.
        shape: Shape of one example.
        unit_range: Whether every value that the network sees lies in [0, 1].
        device: What trains, in words.
        backend: Keras's backend.
        parameters: Numbers that are learnt.
        input_size: Numbers in one example.
        code_size: Numbers in one code.
        code_shape: Shape of one code.
        class_names: Names of the classes by number; empty if there are none.
        loss_name: `cross_entropy`, `mse` or `relative`: the reconstruction error.
        terms: Names of the loss terms; the loss is their sum.
        total_steps: Optimiser steps in all.
        total_epochs: Epochs in all.
        steps_per_epoch: Steps of an epoch of the last phase.
        phases: Where the phases begin; empty if there is only one.
        live: Rates that can be changed while the run trains, and their first values.
        notes: Sentences on the data for a person.
        panels: What else can be looked at.
        loss_floor: Loss that a perfect reconstruction would leave, in the units of the loss.
        labels: Class number of each point of the map, uint8.
        atlas: Their pictures.
    """

    run_id: Annotated[str, Meta(max_length=40)]
    settings: Settings
    shape: Annotated[list[Positive], Meta(min_length=1, max_length=3)]
    unit_range: bool
    device: Line
    backend: Annotated[str, Meta(max_length=40)]
    parameters: Count
    input_size: Positive
    code_size: Positive
    code_shape: Annotated[list[Positive], Meta(min_length=1, max_length=4)]
    class_names: Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=256)]
    loss_name: Name
    terms: Annotated[list[Name], Meta(max_length=30)]
    total_steps: Count
    total_epochs: Count
    steps_per_epoch: Positive
    phases: Annotated[list[PhaseStart], Meta(max_length=100)]
    live: Annotated[dict[Name, float], Meta(max_length=100)]
    notes: Annotated[list[Text], Meta(max_length=100)]
    panels: Annotated[list[PanelTitle], Meta(max_length=30)]
    loss_floor: float
    labels: Annotated[bytes, Meta(min_length=1, max_length=MOST_POINTS)]
    atlas: Atlas


class Mark(Struct, kw_only=True, rename={"before": "from", "after": "to"}):
    """A rate that a person changed while the run trained.

    Args:
        step: Steps done then.
        epoch: Epochs done then.
        name: Name of the setting.
        before: Its value before.
        after: Its value after.
    """

    step: Count
    epoch: Amount
    name: Name
    before: float
    after: float


class Grid(Struct, kw_only=True):
    """Held-out examples beside their reconstructions: rows of small pictures on one sheet.

    Args:
        png: The sheet.
        columns: Examples.
        rows: What each row shows: `original`, `corrupted`, `reconstruction`, `pca`, `error`.
        tile: Height and width of a picture, in pixels.
        gap: Pixels between two pictures.
        errors: Squared error of each reconstruction, mean over its pixels.
        pca_errors: The same for PCA with a code of the same size.
        corrupted_errors: The same for what the encoder saw; None where that is the original.
    """

    png: Picture
    columns: Columns
    rows: Annotated[list[Name], Meta(min_length=1, max_length=20)]
    tile: Tile
    gap: Gap
    errors: Annotated[list[float], Meta(max_length=1000)]
    pca_errors: Annotated[list[float], Meta(max_length=1000)]
    corrupted_errors: Annotated[list[float], Meta(max_length=1000)] | None = None


class Pictures(Struct, kw_only=True, tag="pictures", tag_field="kind"):
    """A panel of small pictures on one sheet.

    Args:
        png: The sheet.
        columns: Pictures in a row.
        rows: A label for each row; fewer than there are rows, or none.
        tile: Height and width of a picture, in pixels.
        gap: Pixels between two pictures.
        caption: One sentence for a person, or an empty text.
    """

    png: Picture
    columns: Columns
    rows: Annotated[list[Line], Meta(max_length=1000)]
    tile: Tile
    gap: Gap
    caption: Text = ""


class Bars(Struct, kw_only=True, tag="bars", tag_field="kind"):
    """A panel of bars.

    Args:
        x: Place of each bar.
        values: Height of each bar.
        x_title: Title of the horizontal axis, with its unit.
        y_title: Title of the vertical axis, with its unit.
        line: A value to compare with, or None.
        line_name: What it is called.
        upright: Whether the vertical axis begins at 0 and ends at 1.
        faint: Numbers of the bars that count for little, from 0 on.
        caption: One sentence for a person, or an empty text.
    """

    x: Annotated[list[float], Meta(max_length=20_000)]
    values: Annotated[list[float], Meta(max_length=20_000)]
    x_title: Line
    y_title: Line
    line: float | None = None
    line_name: Line = ""
    upright: bool = False
    faint: Annotated[list[Count], Meta(max_length=20_000)] = field(default_factory=list)
    caption: Text = ""


Panel = Pictures | Bars


class Snapshot(Struct, kw_only=True, tag="snapshot", tag_field="kind"):
    """What is seen of a training at one step.

    Args:
        run_id: The run, or an empty text.
        state: Where it stands: `running`, `paused`, `done` or `stopped`.
        step: Optimiser steps done.
        epoch: Epochs done, with the part of the present one.
        phase: Name of the present phase, or an empty text.
        seconds: Seconds of training, without the snapshots; None in a recording.
        marks: Rates that were changed, oldest first.
        history: The curves, equally long columns: `step`, `epoch`, `seconds`, `loss`, each loss term, and each of them
            on validation examples as `val_…`. A training loss is the mean since the point before.
        latent: Places of the held-out examples on the map, float32 little-endian of shape `(atlas.count, 2)`.
        grid: Originals and reconstructions.
        panels: What else can be looked at, by name.
        pca_loss: Loss of PCA with a code of the same size, in the units of the reconstruction term.
        numbers: Measured numbers by name; `measuring.metric_table` has their words and units.
    """

    run_id: Annotated[str, Meta(max_length=40)]
    state: State
    step: Count
    epoch: Amount
    phase: Annotated[str, Meta(max_length=80)] = ""
    seconds: Amount | None
    marks: Annotated[list[Mark], Meta(max_length=10_000)]
    history: Curves = field(default_factory=dict)
    latent: Annotated[bytes, Meta(max_length=8 * MOST_POINTS)]
    grid: Grid
    panels: Annotated[dict[Name, Panel], Meta(max_length=30)] = field(default_factory=dict)
    pca_loss: float | None
    numbers: Numbers


class Result(Struct, kw_only=True):
    """What is left of a run when it is over; the last line of `train --json`, and `result.json`.

    Args:
        run_id: The run, or an empty text.
        variant: Its variant.
        dataset: Its data set.
        backend: Keras's backend.
        device: What trained, in words.
        epochs: Epochs done.
        steps: Optimiser steps done.
        seconds: Seconds of training, without the snapshots.
        samples_per_second: Training examples a second, median over the epochs after the first; None before one ended.
        parameters: Numbers that were learnt.
        settings: The experiment's plain values by name.
        history: One number an epoch for `loss`, each loss term, and each of them on validation examples as `val_…`.
        test: Numbers on the test set by name; `measuring.metric_table` has their words and units.
    """

    run_id: Annotated[str, Meta(max_length=40)]
    variant: Name
    dataset: Annotated[str, Meta(max_length=80)]
    backend: Annotated[str, Meta(max_length=40)]
    device: Line
    epochs: Amount
    steps: Count
    seconds: Amount
    samples_per_second: Amount | None
    parameters: Count
    settings: Settings
    history: Curves
    test: Numbers


class ErrorCurve(Struct, kw_only=True):
    """How a classifier learns.

    Args:
        validation_error: Share of mistakes on validation examples after each epoch.
        test_error: The same on test examples at the end; None before.
    """

    validation_error: Annotated[list[Share], Meta(max_length=500)]
    test_error: Share | None = None


class ClassifierSnapshot(Struct, kw_only=True, tag="classifier", tag_field="kind"):
    """Where the training of a classifier and its rivals stands.

    Args:
        run_id: Its entry in the queue.
        state: `running` or `paused`.
        name: What is trained now: `code`, `pixels` or `pca`.
        epoch: Epochs of it done.
        epochs: Epochs of it to do.
        curves: Of all so far, by that name.
    """

    run_id: str
    state: State
    name: Name
    epoch: Amount
    epochs: Count
    curves: dict[Name, ErrorCurve]


class ClassifierSummary(Struct, kw_only=True):
    """What is kept of a classifier on a run's code.

    Args:
        labels: Labelled examples that it learnt from.
        fine_tune: Whether the encoder learnt too.
        epochs: How often each was seen.
        seed: Start of the random numbers.
        code_size: Numbers in the code.
        test_images: Test examples.
        seconds: Seconds of training, of the rivals too.
        curves: By what it was trained on: `code`, `pixels`, `pca`.
    """

    labels: Positive
    fine_tune: bool
    epochs: Annotated[int, Meta(ge=1, le=500)]
    seed: Count
    code_size: Positive
    test_images: Positive
    seconds: Amount
    curves: dict[Literal["code", "pixels", "pca"], ErrorCurve]


class Progress(Struct, kw_only=True, tag="progress", tag_field="kind"):
    """What is done before the first step.

    Args:
        run_id: The run, or an empty text.
        text: A few words for a person.
        share: From 0 to 1, or None while it is unknown.
    """

    run_id: str
    text: str
    share: float | None = None


class Started(Struct, kw_only=True, tag="started", tag_field="kind"):
    """A worker begins with a run.

    Args:
        run_id: The run.
        worker: The worker's address.
    """

    run_id: str
    worker: str


class Finished(Struct, kw_only=True, tag="finished", tag_field="kind"):
    """A worker has done with a run.

    Args:
        run_id: The run.
        result: What came out; None if it was stopped before its first step, or failed.
        error: One sentence: why it failed; empty if it did not.
    """

    run_id: str
    result: Result | None = None
    error: str = ""


class ClassifierFinished(Struct, kw_only=True, tag="classified", tag_field="kind"):
    """A worker has done with a classifier.

    Args:
        run_id: Its entry in the queue.
        result: What came out; None if it was stopped, or failed.
        error: One sentence: why it failed; empty if it did not.
    """

    run_id: str
    result: ClassifierSummary | None = None
    error: str = ""


TrainingMessage = Setup | Snapshot | Progress
"""What `training` sends."""

WorkerMessage = Setup | Snapshot | ClassifierSnapshot | Progress | Started | Finished | ClassifierFinished
"""What a worker sends."""


class RunAbout(Struct, kw_only=True):
    """`run.json`: what was asked for, by whom, and what a person says of it.

    Args:
        format: Version of the files.
        settings: The experiment's plain values by name.
        title: What a person calls it, or an empty text.
        pinned: Whether it is kept whatever its age.
        owner: Fingerprint of the token of the person who may command it, or None.
        origin: How it came about.
        twin_of: Id of the run that it is to be compared with, or None.
        sweep: Id that the runs of one sweep share, or None.
        created: When it was stored.
    """

    format: Count
    settings: Settings
    title: Annotated[str, Meta(max_length=LONGEST_TITLE)]
    pinned: bool
    owner: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")] | None
    origin: Origin
    twin_of: RunId | None
    sweep: RunId | None
    created: Time


class RunStatus(Struct, kw_only=True):
    """`status.json`: where a stored run stands.

    Args:
        format: Version of the files.
        state: Where it stands.
        started: When its training began, or None.
        finished: When it ended, or None.
        updated: When this was written.
        error: Why it failed, one sentence, or None.
        attempts: How many times a process began to train it.
        step: Steps done.
        epoch: Epochs done.
        seconds: Seconds of training.
        total_steps: Steps to do; None before the training has begun, like the next ones.
        total_epochs: Epochs to do.
        device: What it trains on, or an empty text.
        backend: Keras's backend, or an empty text.
        parameters: Numbers that are learnt.
        code_size: Numbers in the code.
        numbers: The newest snapshot's numbers by name, with `loss` and `val_loss`.
        test: Numbers on the test set by name; empty before the end.
        size: Bytes that it takes.
    """

    format: Count
    state: State
    started: Time | None
    finished: Time | None
    updated: Time
    error: Annotated[str, Meta(max_length=LONGEST_ERROR)] | None
    attempts: Count
    step: Count
    epoch: Amount
    seconds: Amount
    total_steps: Count | None
    total_epochs: Count | None
    device: Line
    backend: Annotated[str, Meta(max_length=40)]
    parameters: Count | None
    code_size: Count | None
    numbers: Scalars
    test: Scalars
    size: Count


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(WorkerMessage)


def encode(message: WorkerMessage) -> bytes:
    """A message as it travels."""
    return _encoder.encode(message)


def decode(payload: bytes) -> WorkerMessage:
    """The message that `encode` was given.

    Raises:
        msgspec.ValidationError: If it is none.
    """
    return _decoder.decode(payload)


def plain(message: Struct) -> Mapping[str, Any]:
    """A message as plain values by name, for JSON."""
    return msgspec.to_builtins(message)
