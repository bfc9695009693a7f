"""What a row of the comparison is: a set-up, one number of it, and the figure that it is held against."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ae_core import variants
from ae_core.reference.quantities import Quantity
from ae_core.reference.trial import Emit, Trial, leave_untrained, train
from ae_core.settings import Settings

# How a number is held against a figure: the number, the figure, the relative tolerance.
REACHED: Mapping[str, Callable[[float, float, float], bool]] = MappingProxyType(
    {
        "at most": lambda ours, figure, tolerance: ours <= figure * (1 + tolerance),
        "at least": lambda ours, figure, tolerance: ours >= figure * (1 - tolerance),
        "equal": lambda ours, figure, tolerance: abs(ours - figure) <= figure * tolerance,
    }
)


@dataclass(frozen=True)
class Row:
    """One set-up, one number of it, and the figure it is held against.

    Args:
        name: For `--only`.
        title: What is trained and measured, for a person.
        unit: What the number is counted in.
        settings: The experiment, by name and value, `variant` among them, and `dataset` if it has one of its own. What
            it leaves out is `COMMON`, then the variant's own default.
        quantity: Reads our number from the finished trial.
        figure: The figure it is held against: published, or what a rival makes of the same images.
        source: Where the figure comes from.
        want: How our number is to stand to it, a name in `REACHED`.
        tolerance: By which share of the figure it may miss it; half a unit of the last digit that was published.
        seeds: Trainings with different seeds; their mean is held against the figure.
        run: What is done with the settings.
        remark: What a reader must know to compare the two; one sentence or two.
    """

    name: str
    title: str
    unit: str
    settings: Mapping[str, Any]
    quantity: Quantity
    figure: Quantity
    source: str
    want: str = "at most"
    tolerance: float = 0.0
    seeds: int = 3
    run: Callable[[Settings, Emit], Trial] = train
    remark: str = ""

    @property
    def trained(self) -> bool:
        """Whether anything is trained; otherwise the number is the same for every seed."""
        return self.run is not leave_untrained

    def experiment(self, dataset: str, seed: int) -> Settings:
        """The settings of one of its trainings.

        Raises:
            SettingError: If the variant does not know one of them.
        """
        return variants.read_settings({"dataset": dataset, **COMMON, **self.settings, "seed": seed})


# Nearly all images to learn from, and a rate that falls to zero: what reaches a figure in the least time.
COMMON: Mapping[str, Any] = MappingProxyType({"validation_share": 0.01, "schedule": "cosine", "batch_size": 256})
