"""What a setting, a choice or a curve is called in front of a person."""

from pages.ui.words.language import _


def word(name: str) -> str:
    """A choice's or setting's internal name as words: `salt_and_pepper` → `Salt and pepper`."""
    known = {
        "relu": "ReLU",
        "elu": "ELU",
        "gelu": "GELU",
        "mse": "Mean squared error",
        "cross_entropy": "Cross-entropy",
        "auto": "Automatic",
        "sgd": "SGD",
        "rmsprop": "RMSprop",
        "l1": "L1",
        "l2": "L2",
        "kl": "KL",
        "gru": "GRU",
        "lstm": "LSTM",
        "zscore": "Drop by z-score",
        "iqr": "Drop by interquartile range",
        "shift_rotate": "Shift and rotate",
    }
    return _(known.get(name, name.replace("_", " ").capitalize()))


def quantity(name: str) -> str:
    """A column of a run's history as words: `val_loss` → `Total loss, validation`."""
    kind = _("validation") if name.startswith("val_") else _("training")
    term = name.removeprefix("val_")
    return f"{_('Total loss') if term == 'loss' else word(term)}, {kind}"
