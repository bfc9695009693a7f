"""The values that messages are made of, with their bounds, and what is said of them where one is wrong."""

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

from msgspec import Meta

MOST_POINTS = 20_000  # of the code map
MOST_PNG = 12 * 2**20  # bytes
MOST_CURVE = 2000  # points
MOST_EPOCHS = 10_000
MOST_CLASSIFIER_EPOCHS = 500
MOST_BARS = 5000
MOST_CHUNKS = 100_000
LARGEST_INTEGER = 2**53
LARGEST_NUMBER = 1e308
LONGEST_TITLE = 80
LONGEST_ERROR = 1000

State = Literal["queued", "running", "paused", "done", "stopped", "diverged", "failed", "interrupted"]
Outcome = Literal["done", "stopped", "diverged"]  # of a training that has a result
Origin = Literal["app", "command line", "imported"]
Network = Literal["code", "pixels", "pca"]  # what a classifier learns from

ORIGINS: tuple[Origin, ...] = get_args(Origin)
CHOICES: Mapping[str, tuple[str, ...]] = {"state": get_args(State), "origin": ORIGINS, "kind": ("pictures", "bars")}
"""Of fields that choose among a few words, by name."""

NAME = r"\A[A-Za-z0-9_][A-Za-z0-9_ .+-]{0,79}\Z"
RUN_ID = r"\A[A-Za-z0-9_-]{12}\Z"
FINGERPRINT = r"\A[0-9a-f]{64}\Z"
PATTERNS = {NAME: "a short plain name", RUN_ID: "the id of a run", FINGERPRINT: "a fingerprint"}
"""What each pattern asks for, in words."""

Count = Annotated[int, Meta(ge=0, le=LARGEST_INTEGER)]
Positive = Annotated[int, Meta(ge=1, le=LARGEST_INTEGER)]
Finite = Annotated[float, Meta(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
Amount = Annotated[float, Meta(ge=0, le=LARGEST_NUMBER)]
Share = Annotated[float, Meta(ge=0, le=1)]
Time = Annotated[float, Meta(ge=0, le=1e11)]  # seconds since 1970
Name = Annotated[str, Meta(pattern=NAME)]
RunId = Annotated[str, Meta(pattern=RUN_ID)]
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=4000)]
Picture = Annotated[bytes, Meta(max_length=MOST_PNG)]  # a PNG file
Packed = Annotated[bytes, Meta(max_length=MOST_PNG)]  # an array of numbers
Tile = tuple[Annotated[int, Meta(ge=1, le=1024)], Annotated[int, Meta(ge=1, le=1024)]]  # height and width, pixels
Columns = Annotated[int, Meta(ge=1, le=1000)]
Gap = Annotated[int, Meta(ge=0, le=64)]  # pixels
# Finite or not: a training that has gone astray measures infinity. What was whole stays whole, and is written so.
Measured = Annotated[int, Meta(ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)] | float
Numbers = Annotated[
    dict[Name, Measured | Annotated[list[Measured | None], Meta(max_length=MOST_BARS)] | None], Meta(max_length=200)
]
Scalars = Annotated[dict[Name, Measured | None], Meta(max_length=200)]
# Plain values by name; `variants.read_settings` checks each.
Settings = Annotated[
    dict[
        Annotated[str, Meta(max_length=80)],
        bool | int | float | Text | Annotated[list[int | float | Line], Meta(max_length=256)] | None,
    ],
    Meta(max_length=100),
]
Curves = Annotated[
    dict[Name, Annotated[list[Measured | None], Meta(max_length=MOST_CURVE)]], Meta(max_length=100)
]  # by optimiser step
Epochs = Annotated[
    dict[Name, Annotated[list[Measured | None], Meta(max_length=MOST_EPOCHS)]], Meta(max_length=100)
]  # by epoch

Losses = Annotated[dict[Name, Measured], Meta(max_length=100)]
