"""How much of a page is shown, by its address."""

import pytest

from ae_core.figures.views import VIEWS
from pages.ui.showing import Showing, from_address


def read(**parameters: str) -> Showing:
    shown, sentences = from_address(parameters)
    assert not sentences
    return shown


def test_an_address_that_says_nothing_shows_all():
    shown = read()
    assert shown == Showing()
    assert shown.views == VIEWS
    assert not shown.bare
    assert shown.to_address() == {}


def test_what_an_address_says_is_taken_out_of_it_and_written_again():
    address = {"present": "1", "show": "map,loss", "hide": "optimizer,variant", "epochs": "3"}
    shown, sentences = from_address(address)
    assert (address, sentences) == ({"epochs": "3"}, [])
    assert shown == Showing(present=True, show=("latent", "loss"), hide=("optimizer", "variant"))
    assert shown.to_address() == {"present": "1", "show": "map,loss", "hide": "optimizer,variant"}


def test_few_views_stand_side_by_side_and_none_beside_the_columns():
    assert [(one.name, one.place) for one in read(show="panel").views] == [("panel", "left")]
    assert [(one.name, one.place) for one in read(show="map,loss").views] == [("loss", "left"), ("latent", "right")]
    assert {one.place for one in read(show="panel,map,grid,loss").views} == {"left", "right"}


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ({"present": "yes"}, "present must be 0 or 1. Received: 'yes'."),
        ({"embed": "2"}, "embed must be 0 or 1. Received: '2'."),
        ({"show": "map,codes"}, "show must name views, of loss, grid, map, panel. Received: 'codes'."),
        ({"hide": "colour"}, "hide must name settings as they stand in the address. Received: 'colour'."),
    ],
)
def test_what_is_not_understood_is_said_in_one_sentence(address, sentence):
    shown, sentences = from_address(dict(address))
    assert sentences == [sentence]
    assert not shown.bare
    assert shown.hide == ()
