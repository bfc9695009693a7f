"""Sentences about images, said of rows and series."""

import pytest

from ae_core.measuring.wording import about, said_of


@pytest.mark.parametrize(
    ("sentence", "row", "series"),
    [
        ("Test images per second.", "Test rows per second.", "Test series per second."),
        ("An image, a picture.", "A row, a row.", "A series, a series."),
        ("Images/s", "Rows/s", "Series/s"),
        ("that picture's mean", "that row's mean", "that series' mean"),
        ("nats per pixel, of all pixels", "nats per value, of all values", "nats per value, of all values"),
        ("{image} of {pictures}, {pixels}",) * 3,
        ("squared_error_per_image", "squared_error_per_image", "squared_error_per_image"),
        (
            "The pictures are blurred.",
            "The reconstructions are smoothed out.",
            "The reconstructions are smoothed out.",
        ),
        ("grey pixels cost", "values between 0 and 1 cost", "values between 0 and 1 cost"),
        ("Unit: pictures become 0 to 1, tables are standardised.",) * 3,
    ],
)
def test_the_noun_is_that_of_the_data(sentence: str, row: str, series: str) -> None:
    assert said_of("row", sentence) == row
    assert said_of("series", sentence) == series
    assert about((28, 28, 1))(sentence) == sentence
    assert about((9,), str.upper)(sentence) == row.upper()
    assert about((50, 2))(sentence) == series
    assert said_of("row", row) == row, "said twice it stays"
