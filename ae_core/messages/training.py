"""What a training says: a setup, snapshots and a result; and the state from which it goes on."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from ae_core.messages.values import (
    MOST_CHUNKS,
    MOST_CURVE,
    MOST_EPOCHS,
    MOST_POINTS,
    Amount,
    Count,
    Curves,
    Epochs,
    Finite,
    Line,
    Losses,
    Measured,
    Name,
    Numbers,
    Outcome,
    Positive,
    Settings,
    Share,
    State,
    Text,
)
from ae_core.messages.views import Atlas, Batch, Grid, Panel, PanelTitle, Plane

MOST_VALUES = 3 * 128 * 128  # of one example


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


class ColumnTitle(Struct, kw_only=True):
    """What one value of a table's rows, or one channel of a series, stands for; see `data.columns.Column`.

    Args:
        name: Its name.
        unit: Its unit, or an empty text.
        category: The value of a categorical variable for which it is 1, or an empty text.
    """

    name: Annotated[str, Meta(max_length=80)]
    unit: Annotated[str, Meta(max_length=80)] = ""
    category: Annotated[str, Meta(max_length=80)] = ""


class PhaseStart(Struct, kw_only=True):
    """Where a phase of the training begins.

    Args:
        name: A few words for a person, such as `layer 1`.
        epoch: Epochs done before it.
    """

    name: Annotated[str, Meta(max_length=80)]
    epoch: Count


class Outlier(Struct, kw_only=True):
    """The training value of a table that lies farthest from the others of its column.

    Args:
        column: Number of the column.
        value: The value, in the units of the data, like the next two.
        low: First quartile of the column.
        high: Third quartile.
        ranges: How many interquartile ranges the value lies beyond them.
    """

    column: Count
    value: Finite
    low: Finite
    high: Finite
    ranges: Amount


class Inputs(Struct, kw_only=True):
    """What training examples are like as the network sees them: what its numbers are held against.

    Args:
        offset: Root mean square of the mean example.
        spread: Root mean square of the deviations of an example's values from their means.
        widest: The largest standard deviation of a value.
        zeros: Share of all values that are exactly 0, such as black pixels.
        mean_mse: Mean squared error per value of the mean example on held-out examples: what a network reaches that
            makes the same of each.
        outlier: Of a table with named columns its farthest value; None for all else, and in runs of earlier versions.
    """

    offset: Amount
    spread: Amount
    widest: Amount
    zeros: Share
    mean_mse: Amount
    outlier: Outlier | None = None


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
        inputs: What the examples are like; None in a run of earlier versions.
        columns: What the values of a row stand for, or the channels of a series; empty where nothing is known of them.
        rate: Moments of a series a second; 0 if that is unknown.
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
    inputs: Inputs | None = None
    columns: Annotated[list[ColumnTitle], Meta(max_length=MOST_VALUES)] = field(default_factory=list)
    rate: Amount = 0.0


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


class Snapshot(Struct, kw_only=True, tag="snapshot", tag_field="kind"):
    """What is seen of a training at one step.

    Args:
        run_id: The run, or an empty text.
        state: Where it stands: `running`, `paused`, `done`, `stopped` or `diverged`.
        step: Optimiser steps done.
        epoch: Epochs done, with the part of the present one.
        phase: Name of the present phase, or an empty text.
        seconds: Seconds of training, without the snapshots; None in a recording.
        marks: Rates that were changed, oldest first.
        history: The curves, equally long columns: `step`, `epoch`, `seconds`, `loss`, each loss term, and each of them
            on validation examples as `val_…`. A training loss is the mean since the point before. Empty in a snapshot
            that is kept on disk beside the newest one, whose history has all of it.
        latent: Places of the held-out examples on the map, float32 little-endian of shape `(atlas.count, 2)`. In a file
            of a frame it may be uint16, see `span`.
        span: Of a frame's file: the lowest and the highest place, first across and then up, which 0 and 65,535 stand
            for; None everywhere else.
        grid: Originals and reconstructions.
        plane: What the decoder makes of the plane of codes; None where a code is not two plain numbers.
        panels: What else can be looked at, by name.
        pca_loss: Loss of PCA with a code of the same size, in the units of the reconstruction term.
        numbers: Measured numbers by name; `measuring.metric_table` has their words and units.
        batch: The batch of the last step, at the pace that shows each; else None.
        best_epoch: In the last snapshot of a run that keeps its best: epochs done when its validation loss was lowest.
            What is seen is of then, though `epoch` may be later. None in every other one.
        diverged_at: In the last snapshot of a run that diverged: steps done when its numbers were no numbers any more.
            What is seen is the last state that could be measured. None in every other one.
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
    span: tuple[Finite, Finite, Finite, Finite] | None = None
    grid: Grid
    plane: Plane | None = None
    panels: Annotated[dict[Name, Panel], Meta(max_length=30)] = field(default_factory=dict)
    pca_loss: Measured | None
    numbers: Numbers
    batch: Batch | None = None
    best_epoch: Amount | None = None
    diverged_at: Count | None = None


class Preprocessing(Struct, kw_only=True):
    """How values as a person's file holds them become a network's input: `value * scale + offset`.

    The way back from a reconstruction is `(output - offset) / scale`.

    Args:
        values: The same for a person, such as `values 0 to 16, scaled to 0 to 1`.
        scale: One number for all values of an example, or one for each, in order.
        offset: Likewise.
        columns: What these values stand for in a table's row, or the channels of a series; empty where that is unknown.
    """

    values: Line
    scale: Annotated[list[Finite], Meta(min_length=1, max_length=MOST_VALUES)]
    offset: Annotated[list[Finite], Meta(min_length=1, max_length=MOST_VALUES)]
    columns: Annotated[list[ColumnTitle], Meta(max_length=MOST_VALUES)] = field(default_factory=list)


class Result(Struct, kw_only=True):
    """What is left of a run when it is over; the last line of `train --json`, and `result.json`.

    Args:
        run_id: The run, or an empty text.
        state: How it ended: `done`, `stopped` or `diverged`.
        diverged_at: Steps done when it diverged, see `Snapshot`; None if it did not.
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
        preprocessing: What is done with new data before the model sees them; None in results of earlier versions.
    """

    run_id: Annotated[str, Meta(max_length=40)]
    state: Outcome = "done"
    diverged_at: Count | None = None
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
    preprocessing: Preprocessing | None = None


class HistoryState(Struct, kw_only=True):
    """All that a training's history knows, see `training.history`.

    Args:
        curve: Points by name of the column, oldest first.
        epochs: Losses of each epoch by name.
        since_point: Mean losses since the newest point; of earlier versions those of each chunk of steps. Empty if
            nothing was trained since.
        since_epoch: The same since the newest epoch ended.
        point_samples: Training examples since the newest point; 0 in a state of earlier versions.
        epoch_samples: Training examples since the newest epoch ended.
        epoch_seconds: Seconds of training since then.
        epoch_rates: Training examples a second, of each epoch.
    """

    curve: Annotated[list[Losses], Meta(max_length=MOST_CURVE)]
    epochs: Annotated[list[Losses], Meta(max_length=MOST_EPOCHS)]
    since_point: Annotated[list[Losses], Meta(max_length=MOST_CHUNKS)]
    since_epoch: Annotated[list[Losses], Meta(max_length=MOST_CHUNKS)]
    point_samples: Count = 0
    epoch_samples: Count
    epoch_seconds: Amount
    epoch_rates: Annotated[list[float], Meta(max_length=MOST_EPOCHS)]


class BestState(Struct, kw_only=True):
    """What is known of the best epoch so far; its weights are among a checkpoint's arrays.

    Args:
        loss: Its validation loss.
        epoch: Epochs done then.
        waited: Epochs since then.
    """

    loss: Finite
    epoch: Amount
    waited: Count


class TrainingState(Struct, kw_only=True):
    """Where a training stands; with its arrays it is a checkpoint, from which the training goes on.

    Args:
        step: Optimiser steps done.
        seconds: Seconds of training.
        marks: Rates that were changed, oldest first.
        rates: Rates that can be changed, by name.
        history: Its curves.
        best: The best epoch so far; None if none is remembered.
        stages: Of each phase the steps of a chunk and of an epoch: they depend on the machine's speed, and with others
            the places of a checkpoint would not fit.
    """

    step: Count
    seconds: Amount
    marks: Annotated[list[Mark], Meta(max_length=10_000)]
    rates: Annotated[dict[Name, Finite], Meta(max_length=100)]
    history: HistoryState
    best: BestState | None = None
    stages: Annotated[list[tuple[Count, Count]], Meta(max_length=100)]


TrainingMessage = Setup | Snapshot | Progress
"""What `training` sends."""


def encode_state(state: TrainingState) -> bytes:
    """Where a training stands, as msgpack."""
    return msgspec.msgpack.encode(state)
