"""Small sets of series that need no network: a machine with faults, and words of made-up languages."""

import numpy as np

from ae_core.data.columns import Column
from ae_core.data.dataset import DataInfo, Dataset, split_factors
from ae_core.data.ranges import ValueRange
from ae_core.settings import DataSpec

PUMPS_TRAIN, PUMPS_TEST, PUMP_MOMENTS, PUMP_RATE = 3000, 1000, 64, 16.0
PUMP_STATES, PUMP_SHARES = ("normal", "worn bearing", "blockage", "jam"), (0.88, 0.04, 0.04, 0.04)
PUMP_NOISE = 0.05
PUMPS = DataInfo(
    "pumps",
    "Pumps (series with faults)",
    DataSpec((PUMP_MOMENTS, 3), unit_range=False),
    PUMPS_TRAIN,
    PUMPS_TEST,
    PUMP_STATES,
    "Made by this program from formulas for a pump and three faults.",
    "CC0 1.0",
    "Generated series of 4 seconds from the sensors of a pump: vibration, current and pressure, 16 times a second. "
    "About one of eight has a fault, which is marked.",
    values=ValueRange(0.0, 1.0, -1.81545, 8.98343),
    columns=(Column("vibration", "mm/s"), Column("current", "A"), Column("pressure", "bar")),
    rate=PUMP_RATE,
)

WORDS_TRAIN, WORDS_TEST, WORD_LENGTH = 5000, 1000, 10
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LANGUAGES = {
    "Vari": (("k", "m", "n", "r", "t", "v", "l", "p"), ("a", "i", "o", "u", "e"), ("",)),
    "Strond": (("st", "br", "d", "g", "tr", "sk", "h"), ("o", "a", "e", "u"), ("nd", "rk", "st", "lt", "n", "m")),
    "Xizhu": (("x", "zh", "sh", "q", "l", "j", "y"), ("i", "u", "ao", "ei", "ia"), ("", "ng", "n")),
}
"""Beginnings, middles and ends of the syllables of each language."""
WORDS = DataInfo(
    "words",
    "Words (letters one after the other)",
    DataSpec((WORD_LENGTH, len(LETTERS) + 1)),
    WORDS_TRAIN,
    WORDS_TEST,
    tuple(LANGUAGES),
    "Made by this program from the syllables of three made-up languages.",
    "CC0 1.0",
    "Generated words of up to 10 letters in three made-up languages. At each place one of 27 channels is 1: that of "
    "the letter there, or of the blank after the end.",
    values=ValueRange(0.0, 1.0, 0.0, 1.0),
    columns=tuple(Column("letter", "", one) for one in (*LETTERS, "blank")),
)


def make_pumps() -> Dataset:
    """4,000 series of 64 moments of three sensors, each with its generating factors.

    With `u = speed · t + phase` turns after t seconds, and a little noise on all three:

    - vibration `load · (sin 2πu + 0.3 sin(4πu + 1))`
    - current `4 load + 0.5 load · sin(2πu − 0.8)`
    - pressure `2 + load · speed / 2 + 0.2 cos 2πu`

    A worn bearing rattles once in each turn: `1.5 exp(−(6 d)²)` of vibration at d turns from a full one, with a sign
    that changes from moment to moment. A blockage lets pressure fall and current rise from its onset on. A jam stops
    vibration for half a second, while current doubles.
    """
    count = PUMPS_TRAIN + PUMPS_TEST
    random = np.random.default_rng(64)
    factors = {
        "state": random.choice(len(PUMP_STATES), count, p=PUMP_SHARES),
        "speed": random.uniform(0.8, 2.0, count),
        "phase": random.uniform(0.0, 1.0, count),
        "load": random.uniform(0.5, 1.0, count),
        "onset": random.uniform(0.5, 3.0, count),
    }
    noise = PUMP_NOISE * random.standard_normal((count, PUMP_MOMENTS, 3))
    values = (draw_pumps(**factors) + noise).astype(np.float32)
    labels = factors["state"].astype(np.int64)
    train, test = slice(None, PUMPS_TRAIN), slice(PUMPS_TRAIN, None)
    return Dataset(
        PUMPS, values[train], labels[train], values[test], labels[test], *split_factors(factors, PUMPS_TRAIN)
    )


def draw_pumps(
    state: np.ndarray, speed: np.ndarray, phase: np.ndarray, load: np.ndarray, onset: np.ndarray
) -> np.ndarray:
    """Series without noise, see `make_pumps`.

    Args:
        state: Number of the state in `PUMP_STATES`, shape (n,).
        speed: Turns a second.
        phase: Turns at the beginning.
        load: Share of the full load.
        onset: When a blockage or a jam begins, in seconds.

    Returns:
        float64 of shape (n, 64, 3).
    """
    time = np.arange(PUMP_MOMENTS) / PUMP_RATE
    speed, phase, load, onset = (values[:, None] for values in (speed, phase, load, onset))
    turns = speed * time + phase
    angle = 2 * np.pi * turns
    vibration = load * (np.sin(angle) + 0.3 * np.sin(2 * angle + 1))
    current = 4 * load + 0.5 * load * np.sin(angle - 0.8)
    pressure = 2 + load * speed / 2 + 0.2 * np.cos(angle)

    worn, blocked, jammed = (state[:, None] == number for number in (1, 2, 3))
    apart = turns - np.rint(turns)
    vibration = vibration + worn * 1.5 * np.exp(-np.square(6 * apart)) * np.where(np.arange(PUMP_MOMENTS) % 2, 1, -1)
    since = np.maximum(time - onset, 0)
    pressure = pressure - blocked * 0.5 * since
    current = current + blocked * 0.6 * since
    stuck = jammed & (time >= onset) & (time < onset + 0.5)
    return np.stack([np.where(stuck, 0, vibration), np.where(stuck, 2, 1) * current, pressure], axis=2)


def make_words() -> Dataset:
    """6,000 different words of two or three syllables in three made-up languages, a channel for each letter."""
    random = np.random.default_rng(27)
    words, labels = invent_words(random, WORDS_TRAIN + WORDS_TEST)
    values = np.zeros((len(words), WORD_LENGTH, len(LETTERS) + 1), np.float32)
    for value, word in zip(values, words, strict=True):
        places = [LETTERS.index(letter) for letter in word] + [len(LETTERS)] * (WORD_LENGTH - len(word))
        value[np.arange(WORD_LENGTH), places] = 1
    train, test = slice(None, WORDS_TRAIN), slice(WORDS_TRAIN, None)
    return Dataset(WORDS, values[train], labels[train], values[test], labels[test])


def invent_words(random: np.random.Generator, count: int) -> tuple[list[str], np.ndarray]:
    """Different words of at most 10 letters, in any order, and the number of the language of each.

    Args:
        random: Draws syllables.
        count: How many words.
    """
    found: dict[str, int] = {}
    while len(found) < count:
        language = int(random.integers(len(LANGUAGES)))
        parts = tuple(LANGUAGES.values())[language]
        word = "".join(str(random.choice(some)) for _ in range(random.integers(2, 4)) for some in parts)
        if len(word) <= WORD_LENGTH:
            found.setdefault(word, language)
    return list(found), np.array(list(found.values()), np.int64)
