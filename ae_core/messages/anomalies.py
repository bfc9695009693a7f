"""What is said of a run that is asked which examples are odd: scores, how good they are, and the oddest examples."""

from typing import Annotated

from msgspec import Meta, Struct, field

from ae_core.messages.values import Amount, Count, Finite, Name, Picture, Positive, Share

MOST_FEATURES = 8  # of an example
MOST_EXAMPLES = 24  # the oddest and the least odd, each
MOST_CLASSES = 256

ClassName = Annotated[str, Meta(max_length=80)]


class Scores(Struct, kw_only=True):
    """How odd one detector finds each example: the more, the odder.

    Args:
        name: The detector, such as `error` or `knn`.
        validation: float32, little-endian, one for each validation example.
        test: The same for the test examples.
        rows: Training examples that it has learnt from.
    """

    name: Name
    validation: bytes
    test: bytes
    rows: Positive


class Feature(Struct, kw_only=True):
    """A value of an example that made it odd.

    Args:
        name: What it stands for.
        share: Its part of the example's error, 0 to 1; of a category that of all its columns.
        value: What it is, in the units of the data; of a category 1, or 0 if it is none that the network knows.
        expected: What the network makes of it; of a category its largest output.
        category: The category that it is; empty for numbers, and if it is none that the network knows.
        guess: The category that the network expects; empty for numbers.
    """

    name: Annotated[str, Meta(max_length=200)]
    share: Share
    value: Finite
    expected: Finite
    category: ClassName = ""
    guess: ClassName = ""


class Example(Struct, kw_only=True):
    """One test example.

    Args:
        row: Its number in the test set, from 0.
        label: Its class number.
        score: Its reconstruction error.
        features: The values with the largest parts of that error, the largest first.
        picture: A PNG with the example, its reconstruction and where its error lies; empty for a table's row.
    """

    row: Count
    label: Count
    score: Amount
    features: Annotated[list[Feature], Meta(max_length=MOST_FEATURES)]
    picture: Picture = b""


class Part(Struct, kw_only=True):
    """What one part of the work has come to, see `anomalies.PARTS`.

    Args:
        scores: Of each detector of this part, the first one is what the others are held against.
        normal: Numbers of the classes that are called normal; empty if none are.
        class_names: Names of all classes by number.
        validation_labels: Class numbers, int16, little-endian.
        test_labels: The same of the test examples.
        oddest: The test examples with the largest error; of the network's part only.
        plainest: Those with the smallest.
        noun: What an example is: `image`, `series` or `row`.
        alone: Whether nothing but normal examples was trained on.
        rows: The row of each test example in the file that it came from, int32, little-endian, as a spreadsheet counts
            them; empty where that is unknown.
        identities: What tells the examples of a file that is scored from one another, by column: ids and names.
        notes: Sentences for a person on how such a file was read.
    """

    scores: list[Scores]
    normal: Annotated[list[Count], Meta(max_length=MOST_CLASSES)]
    class_names: Annotated[list[ClassName], Meta(max_length=MOST_CLASSES)]
    validation_labels: bytes
    test_labels: bytes
    oddest: Annotated[list[Example], Meta(max_length=MOST_EXAMPLES)] = field(default_factory=list)
    plainest: Annotated[list[Example], Meta(max_length=MOST_EXAMPLES)] = field(default_factory=list)
    noun: Name = "image"
    alone: bool = False
    rows: bytes = b""
    identities: dict[ClassName, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Detector(Struct, kw_only=True):
    """How well one detector tells odd test examples from normal ones.

    Args:
        name: See `Scores`, like the next.
        rows: Likewise.
        auc: Area under the ROC curve; None where nothing says which examples are odd, like the next ones.
        auc_interval: Its 95 % interval, by DeLong's variance.
        ap: Average precision, the area under the precision-recall curve.
        ap_interval: Its 95 % interval, by bootstrap.
        p_value: Of a difference in area as large as that to the run's reconstruction error, were there none; None for
            that one itself.
        threshold: Score that `quantile` of the normal validation examples do not exceed.
    """

    name: Name
    rows: Positive
    auc: Share | None
    auc_interval: tuple[Share, Share] | None
    ap: Share | None
    ap_interval: tuple[Share, Share] | None
    p_value: Share | None
    threshold: Finite


class Confusion(Struct, kw_only=True):
    """What a threshold makes of the test examples.

    Args:
        hits: Odd ones above it.
        misses: Odd ones that are not.
        false_alarms: Normal ones above it.
        passed: Normal ones that are not.
    """

    hits: Count
    misses: Count
    false_alarms: Count
    passed: Count


class Anomalies(Struct, kw_only=True):
    """Which examples of the test set are odd to a run, and to its rivals on the same split.

    Args:
        run_id: The run.
        quantile: Share of normal validation examples below each threshold.
        whole: What the examples are, with all scores.
        detectors: How good each is, the run's own first, see `own`.
        own: How many of them are the run's own.
        confusion: Of the first one's threshold; None where nothing says which examples are odd.
    """

    run_id: str
    quantile: Share
    whole: Part
    detectors: list[Detector]
    own: Positive
    confusion: Confusion | None
