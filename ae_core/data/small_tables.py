"""Small tables that need no network: measurements of cells, and ratings of which most are unknown."""

import numpy as np

from ae_core.data.columns import Column
from ae_core.data.dataset import DataInfo, Dataset, split_factors
from ae_core.data.ranges import ValueRange
from ae_core.formats.npz import split_rows
from ae_core.settings import DataSpec

CELL_FEATURES = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)
CELL_COLUMNS = (
    *(f"mean {one}" for one in CELL_FEATURES),
    *(f"{one} error" for one in CELL_FEATURES),
    *(f"worst {one}" for one in CELL_FEATURES),
)
BREAST_CANCER = DataInfo(
    "breast_cancer",
    "Breast cancer (table)",
    DataSpec((len(CELL_COLUMNS),), unit_range=False),
    456,
    113,
    ("malignant", "benign"),
    "W. H. Wolberg, W. N. Street and O. L. Mangasarian: Breast Cancer Wisconsin (Diagnostic), UCI Machine Learning "
    "Repository; the copy in scikit-learn.",
    "CC BY 4.0",
    "A table of 569 tumours: ten measurements of the cells' nuclei in a picture of each, as mean, standard error and "
    "mean of the three largest. Needs no download.",
    values=ValueRange(0.0, 1.0, 0.0, 3432.0),
    columns=tuple(Column(name) for name in CELL_COLUMNS),
)

PEOPLE_TRAIN, PEOPLE_TEST = 3000, 600
GENRES, FILMS = ("drama", "comedy", "action", "horror", "family"), 10  # films of each genre
TASTES, RATED = 3, 15  # numbers that make a person's taste, and films that each has rated
RATING_NOISE = 0.4  # stars, before rounding
RATINGS = DataInfo(
    "ratings",
    "Film ratings (table, mostly unknown)",
    DataSpec((len(GENRES) * FILMS,), unit_range=False),
    PEOPLE_TRAIN,
    PEOPLE_TEST,
    (),
    "Made by this program from three numbers of taste for each person and each film.",
    "CC0 1.0",
    "A generated table of what 3,600 people say of 50 films, from 1 to 5 stars. Each has rated 15 of them; the other "
    "cells are unknown.",
    "Seven of ten cells are unknown. They count neither in the loss nor in the numbers; reconstructions fill them.",
    ValueRange(0.0, 1.0, 1.0, 5.0),
    columns=tuple(Column(f"{genre} {one}", "stars") for genre in GENRES for one in range(1, FILMS + 1)),
    unknown=(PEOPLE_TRAIN + PEOPLE_TEST) * (len(GENRES) * FILMS - RATED),
)


def make_breast_cancer() -> Dataset:
    """Scikit-learn's 569 rows of 30 columns, four fifths to learn from."""
    from sklearn.datasets import load_breast_cancer

    values, labels = load_breast_cancer(return_X_y=True)
    values, labels = values.astype(np.float32), labels.astype(np.int64)
    train, test = split_rows(len(values), labels)
    return Dataset(BREAST_CANCER, values[train], labels[train], values[test], labels[test])


def make_ratings() -> Dataset:
    """3,600 people's ratings of 50 films, 15 of them known of each person.

    `stars = round(3.3 + b_f + 0.8 · p · q_f + 0.4 · n)`, clipped to 1 … 5, with the tastes p of a person and the
    likeness of a film f to its genre, q_f, and its fame b_f. The tastes are the generating factors.
    """
    count = PEOPLE_TRAIN + PEOPLE_TEST
    random = np.random.default_rng(50)
    tastes = random.standard_normal((count, TASTES))
    genres = random.standard_normal((len(GENRES), TASTES)).repeat(FILMS, axis=0)
    films = genres + 0.4 * random.standard_normal(genres.shape)
    fame = 0.4 * random.standard_normal(len(films))
    exact = 3.3 + fame + 0.8 * tastes @ films.T + RATING_NOISE * random.standard_normal((count, len(films)))
    values = np.clip(np.rint(exact), 1, 5).astype(np.float32)
    rank = random.random(values.shape).argsort(axis=1).argsort(axis=1)
    values[rank >= RATED] = np.nan
    labels = np.zeros(count, np.int64)
    train, test = slice(None, PEOPLE_TRAIN), slice(PEOPLE_TRAIN, None)
    factors = {f"taste {number + 1}": tastes[:, number] for number in range(TASTES)}
    return Dataset(
        RATINGS, values[train], labels[train], values[test], labels[test], *split_factors(factors, PEOPLE_TRAIN)
    )
