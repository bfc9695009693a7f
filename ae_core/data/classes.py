"""Which classes a person calls normal: names or numbers become class numbers."""

from collections.abc import Sequence

import numpy as np

from ae_core.errors import SettingError, printable

FEWEST = 20  # examples of normal classes, as few as `train_size` allows
SHOWN = 30  # names of classes in a sentence, at most


def class_numbers(normal: str, class_names: Sequence[str]) -> tuple[int, ...]:
    """The classes that a text names, in growing order.

    A class is called by its name. Where no name is a number, its number does too, from 0.

    Args:
        normal: Names, or numbers, with commas between them; empty for none.
        class_names: Names of the classes by number.

    Returns:
        Class numbers, each once.

    Raises:
        SettingError: If there are no classes, or one of them is none.
    """
    if not normal.strip():
        return ()
    if not class_names:
        raise SettingError(f"normal must be empty for data without classes. Received: {printable(normal)!r}.")
    known = {name.strip(): number for number, name in enumerate(class_names)}
    if not any(name.isdecimal() for name in known):
        known = {str(number): number for number in range(len(class_names))} | known
    if normal.strip() in known:  # a name may have a comma in it
        return (known[normal.strip()],)
    wanted = [entry.strip() for entry in normal.split(",") if entry.strip()]
    wrong = [entry for entry in wanted if entry not in known]
    if wrong or not wanted:
        allowed = ", ".join(class_names[:SHOWN]) + (", …" if len(class_names) > SHOWN else "")
        received = printable(wrong[0] if wrong else normal)
        raise SettingError(
            f"normal must name some of the classes {allowed}, separated by commas. Received: {received!r}."
        )
    return tuple(sorted({known[entry] for entry in wanted}))


def of_classes(labels: np.ndarray, classes: Sequence[int]) -> np.ndarray:
    """Whether each example is of one of these classes: bool of the same shape; all are where none are named.

    Args:
        labels: Class numbers, ndarray of shape `(n_samples,)`.
        classes: From `class_numbers`.
    """
    return np.isin(labels, classes) if classes else np.ones(labels.shape, bool)


def share(normal: str, class_names: Sequence[str]) -> float:
    """About which share of the examples is learnt from, before anything is loaded: above 0, at most 1.

    Args:
        normal: See `class_numbers`, like the next and what is raised.
        class_names: Likewise; empty where they are unknown until the data are loaded.
    """
    return len(class_numbers(normal, class_names)) / len(class_names) if normal and class_names else 1.0
