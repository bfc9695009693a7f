"""Rules about the examples themselves: do they differ, are they of a size that a network can learn from?"""

from ae_core.diagnosis.evidence import Evidence, Finding, exact, short
from ae_core.diagnosis.limits import LIMITS
from ae_core.translation import in_a_row


def alike(seen: Evidence) -> Finding | None:
    """All examples are the same."""
    if not seen.alike:
        return None
    _ = seen.translate
    why = _(
        "One example, painted always, has no error, and no code is needed for it: whatever is changed here, the "
        "loss stays where it is."
    )
    if len(seen.setup.shape) == 3:
        why = in_a_row(why, _("Look at the originals: were they made black or white on their way here?"))
    return Finding("alike", "warning", _("All training examples are the same, so there is nothing to learn."), why)


def outlier(seen: Evidence) -> Finding | None:
    """A value of a table so far from the others of its column that it stretches the whole column."""
    far = None if seen.inputs is None else seen.inputs.outlier
    if far is None or far.ranges < LIMITS.outlier_ranges or far.column >= len(seen.setup.columns):
        return None
    _ = seen.translate
    return Finding(
        "outlier",
        "warning",
        _("The column {name} holds {value}, while half of its values lie between {low} and {high}.").format(
            name=seen.setup.columns[far.column].name,
            value=exact(far.value),
            low=exact(far.low),
            high=exact(far.high),
        ),
        _(
            "A value so far off stretches the column until its other values hardly differ, and the error is mostly its "
            "own. If it is a mistake, correct it in the file; or set {outliers}, so that rows far from the mean are "
            "not learnt from."
        ).format(outliers=seen.label("outliers")),
    )


def unscaled(seen: Evidence) -> Finding | None:
    """Values far from 0, or far from 1 in size."""
    given = seen.inputs
    if given is None or not seen.unscaled:
        return None
    _ = seen.translate
    return Finding(
        "unscaled",
        "warning",
        _("The data are not scaled: values lie about {offset} from 0 and spread by up to {widest}.").format(
            offset=short(given.offset), widest=short(given.widest)
        ),
        _(
            "The weights that a network starts with suit values near 1: large values throw it about, small ones hardly "
            "move it, and a wide column drowns the narrow ones. Set {scaling} to Standardize: each value gets mean 0 "
            "and standard deviation 1."
        ).format(scaling=seen.label("scaling")),
    )
