"""What several runs say that differ in one setting only."""

from collections.abc import Sequence

from ae_core.diagnosis.evidence import Finding, Translate, percent, short
from ae_core.diagnosis.limits import LIMITS


def bend(values: Sequence[float], errors: Sequence[float], translate: Translate = str) -> Finding | None:
    """The code size from which larger codes hardly help; None where the error falls on, or too little is known.

    Args:
        values: Code size of each run, in ascending order.
        errors: Their test errors, as many.
        translate: Turns an English text into the reader's language.
    """
    if len(values) < LIMITS.least_sizes:
        return None
    most, least = errors[0], min(errors)
    gain = most - least
    if gain < LIMITS.sweep_gain * most:
        return None
    low = [error - least <= LIMITS.bend * gain for error in errors]
    place = low.index(True)
    # At the end of the curve nobody knows whether it bends; and where it rises again, something else has gone wrong.
    if values[-1] < LIMITS.beyond_bend * values[place] or not all(low[place:]):
        return None
    _ = translate
    return Finding(
        "bend",
        "good",
        _("The curve flattens at a code of {size}, which has {share} of all that larger codes can gain.").format(
            size=short(values[place]), share=percent((most - errors[place]) / gain)
        ),
        _(
            "So many numbers hold most of what varies from image to image. From {size} to {largest} the test MSE goes "
            "from {error} to {last} only; a larger code mostly gives room to copy."
        ).format(
            size=short(values[place]),
            largest=short(values[-1]),
            error=short(errors[place]),
            last=short(errors[-1]),
        ),
    )
