"""What the training of a classifier on a code says, and what is kept of it."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from ae_core.messages.values import MOST_CLASSIFIER_EPOCHS, Amount, Count, Network, Positive, Share, State


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
