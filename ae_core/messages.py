"""What a training says of itself, and what is kept of it: every message and stored record, declared once.

A worker sends them as msgpack, see `encode` and `decode`; `runs` keeps them on disk; figures, diagnosis and pages read
them. They are checked where they come in: a value of another type or outside its bounds is refused by name. What a
newer version has added to a message is left out. A message is never changed once it is sent; `msgspec.structs.replace`
makes a changed copy.

No field takes values of any kind: as every text and list has a longest length, a hostile file cannot fill the memory.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

MOST_POINTS = 20_000  # of the code map
MOST_PNG = 12 * 2**20  # bytes
MOST_CURVE = 2000  # points
MOST_EPOCHS = 10_000
MOST_CLASSIFIER_EPOCHS = 500
MOST_BARS = 5000
MOST_CHUNKS = 100_000
LARGEST_INTEGER = 2**53
LARGEST_NUMBER = 1e308
LONGEST_TITLE = 80
LONGEST_ERROR = 1000

State = Literal["queued", "running", "paused", "done", "stopped", "failed", "interrupted"]
Origin = Literal["app", "command line", "imported"]
Network = Literal["code", "pixels", "pca"]  # what a classifier learns from

ORIGINS: tuple[Origin, ...] = get_args(Origin)
CHOICES: Mapping[str, tuple[str, ...]] = {"state": get_args(State), "origin": ORIGINS, "kind": ("pictures", "bars")}
"""Of fields that choose among a few words, by name."""

NAME = r"\A[A-Za-z0-9_][A-Za-z0-9_ .+-]{0,79}\Z"
RUN_ID = r"\A[A-Za-z0-9_-]{12}\Z"
FINGERPRINT = r"\A[0-9a-f]{64}\Z"
PATTERNS = {NAME: "a short plain name", RUN_ID: "the id of a run", FINGERPRINT: "a fingerprint"}
"""What each pattern asks for, in words."""

Count = Annotated[int, Meta(ge=0, le=LARGEST_INTEGER)]
Positive = Annotated[int, Meta(ge=1, le=LARGEST_INTEGER)]
Finite = Annotated[float, Meta(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
Amount = Annotated[float, Meta(ge=0, le=LARGEST_NUMBER)]
Share = Annotated[float, Meta(ge=0, le=1)]
Time = Annotated[float, Meta(ge=0, le=1e11)]  # seconds since 1970
Name = Annotated[str, Meta(pattern=NAME)]
RunId = Annotated[str, Meta(pattern=RUN_ID)]
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=4000)]
Picture = Annotated[bytes, Meta(max_length=MOST_PNG)]  # a PNG file
Tile = tuple[Annotated[int, Meta(ge=1, le=1024)], Annotated[int, Meta(ge=1, le=1024)]]  # height and width, pixels
Columns = Annotated[int, Meta(ge=1, le=1000)]
Gap = Annotated[int, Meta(ge=0, le=64)]  # pixels
# Finite or not: a training that has gone astray measures infinity. What was whole stays whole, and is written so.
Measured = Annotated[int, Meta(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)] | float
Numbers = Annotated[
    dict[Name, Measured | Annotated[list[Measured | None], Meta(max_length=MOST_BARS)] | None], Meta(max_length=200)
]
Scalars = Annotated[dict[Name, Measured | None], Meta(max_length=200)]
# Plain values by name; `variants.read_settings` checks each.
Settings = Annotated[
    dict[
        Annotated[str, Meta(max_length=80)],
        bool | int | float | Text | Annotated[list[int | float | Line], Meta(max_length=256)] | None,
    ],
    Meta(max_length=100),
]
Curves = Annotated[
    dict[Name, Annotated[list[Measured | None], Meta(max_length=MOST_CURVE)]], Meta(max_length=100)
]  # by optimiser step
Epochs = Annotated[
    dict[Name, Annotated[list[Measured | None], Meta(max_length=MOST_EPOCHS)]], Meta(max_length=100)
]  # by epoch

Losses = Annotated[dict[Name, Measured], Meta(max_length=100)]


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
    epoch: Count


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
    live: Annotated[dict[Name, Finite], Meta(max_length=100)]
    notes: Annotated[list[Text], Meta(max_length=100)]
    panels: Annotated[list[PanelTitle], Meta(max_length=30)]
    loss_floor: Finite
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
    before: Finite
    after: Finite


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
    errors: Annotated[list[Measured], Meta(max_length=1000)]
    pca_errors: Annotated[list[Measured], Meta(max_length=1000)]
    corrupted_errors: Annotated[list[Measured], Meta(max_length=1000)] | None = None


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

    x: Annotated[list[Measured], Meta(max_length=MOST_BARS)]
    values: Annotated[list[Measured], Meta(max_length=MOST_BARS)]
    x_title: Line
    y_title: Line
    line: Measured | None = None
    line_name: Line = ""
    upright: bool = False
    faint: Annotated[list[Count], Meta(max_length=MOST_BARS)] = field(default_factory=list)
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
            on validation examples as `val_…`. A training loss is the mean since the point before. Empty in a snapshot
            that is kept on disk beside the newest one, whose history has all of it.
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
    pca_loss: Measured | None
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
    history: Epochs
    test: Numbers


class ErrorCurve(Struct, kw_only=True):
    """How a classifier learns.

    Args:
        validation_error: Share of mistakes on validation examples after each epoch.
        test_error: The same on test examples at the end; None before.
    """

    validation_error: Annotated[list[Share], Meta(max_length=MOST_CLASSIFIER_EPOCHS)]
    test_error: Share | None = None


class ClassifierSnapshot(Struct, kw_only=True, tag="classifier", tag_field="kind"):
    """Where the training of a classifier and its rivals stands.

    Args:
        run_id: Its entry in the queue.
        state: `running`, `paused` or `stopped`; `done` when what is trained now is done.
        name: What is trained now: `code`, `pixels` or `pca`.
        epoch: Epochs of it done.
        epochs: Epochs of it to do.
        curves: Of all so far, by that name.
    """

    run_id: str
    state: State
    name: Network
    epoch: Amount
    epochs: Count
    curves: dict[Network, ErrorCurve]


class NetworkErrors(Struct, kw_only=True):
    """What a network that ends in classes came to; shares of mistakes.

    Args:
        train_error: On training examples, at the end.
        validation_error: On validation examples, at the end.
        test_error: On test examples.
        history: One number an epoch: `loss` (nats), `train_error`, `validation_error`.
        code_size: Numbers that it was given of each example, where that is not said elsewhere.
    """

    train_error: Share
    validation_error: Share
    test_error: Share
    history: dict[str, list[float]]
    code_size: Positive | UnsetType = UNSET


class Published(Struct, kw_only=True):
    """A figure from the literature.

    Args:
        name: What it is of.
        test_error: Share of mistakes on test examples.
    """

    name: str
    test_error: Share


class ClassifierResult(Struct, kw_only=True):
    """What a classifier and its rivals came to; the last line of `classify --json`.

    Args:
        dataset: Its data set.
        device: What trained, in words.
        labels: Labelled examples that it learnt from.
        fine_tune: Whether the encoder learnt too.
        epochs: How often each was seen.
        learning_rate: Step size at the beginning.
        batch_size: Examples a step.
        seed: Start of the random numbers.
        code_size: Numbers in the code.
        test_images: Test examples.
        train_error: Like the next three of the classifier on the code, see `NetworkErrors`.
        validation_error: Likewise.
        test_error: Likewise.
        history: Likewise.
        published: Figures to compare with.
        published_in: Where they stand, or an empty text.
        pixels: The rival on raw pixels; not there if it was not trained.
        pca: The rival on a PCA code of the same size; not there if it was not trained.
        seconds: Seconds of training, of the rivals too.
        state: `done` or `stopped`.
    """

    dataset: str
    device: str
    labels: Positive
    fine_tune: bool
    epochs: Positive
    learning_rate: Amount
    batch_size: Positive
    seed: Count
    code_size: Positive
    test_images: Positive
    train_error: Share
    validation_error: Share
    test_error: Share
    history: dict[str, list[float]]
    published: list[Published]
    published_in: str
    pixels: NetworkErrors | UnsetType = UNSET
    pca: NetworkErrors | UnsetType = UNSET
    seconds: Amount
    state: State


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
    epochs: Annotated[int, Meta(ge=1, le=MOST_CLASSIFIER_EPOCHS)]
    seed: Count
    code_size: Positive
    test_images: Positive
    seconds: Amount
    curves: dict[Network, ErrorCurve]


class HistoryState(Struct, kw_only=True):
    """All that a training's history knows, see `training.history`.

    Args:
        curve: Points by name of the column, oldest first.
        epochs: Losses of each epoch by name.
        since_point: Losses of each chunk of steps since the newest point.
        since_epoch: Losses of each chunk of steps since the newest epoch ended.
        epoch_samples: Training examples since then.
        epoch_seconds: Seconds of training since then.
        epoch_rates: Training examples a second, of each epoch.
    """

    curve: Annotated[list[Losses], Meta(max_length=MOST_CURVE)]
    epochs: Annotated[list[Losses], Meta(max_length=MOST_EPOCHS)]
    since_point: Annotated[list[Losses], Meta(max_length=MOST_CHUNKS)]
    since_epoch: Annotated[list[Losses], Meta(max_length=MOST_CHUNKS)]
    epoch_samples: Count
    epoch_seconds: Amount
    epoch_rates: Annotated[list[float], Meta(max_length=MOST_EPOCHS)]


class TrainingState(Struct, kw_only=True):
    """Where a training stands; with its arrays it is a checkpoint, from which the training goes on.

    Args:
        step: Optimiser steps done.
        seconds: Seconds of training.
        marks: Rates that were changed, oldest first.
        rates: Rates that can be changed, by name.
        history: Its curves.
        stages: Of each phase the steps of a chunk and of an epoch: they depend on the machine's speed, and with others
            the places of a checkpoint would not fit.
    """

    step: Count
    seconds: Amount
    marks: Annotated[list[Mark], Meta(max_length=10_000)]
    rates: Annotated[dict[Name, Finite], Meta(max_length=100)]
    history: HistoryState
    stages: Annotated[list[tuple[Count, Count]], Meta(max_length=100)]


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


class RunAbout(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
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

    format: Positive
    settings: Settings
    title: Annotated[str, Meta(max_length=LONGEST_TITLE)]
    pinned: bool
    owner: Annotated[str, Meta(pattern=FINGERPRINT)] | None
    origin: Origin
    twin_of: RunId | None
    sweep: RunId | None
    created: Time


class RunStatus(Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
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

    format: Positive
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


def encode_state(state: TrainingState) -> bytes:
    """Where a training stands, as msgpack."""
    return _encoder.encode(state)


def plain(message: Struct) -> Mapping[str, Any]:
    """A message as plain values by name, for JSON."""
    return msgspec.to_builtins(message)
