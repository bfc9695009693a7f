"""What counts as one address: whoever has a network of IPv6 is one visitor, not 2^64."""

import pytest
from starlette.requests import Request

from pages.ui.live import questions
from pages.ui.server import addresses


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_addresses_of_one_network_are_one(given: str, counted: str) -> None:
    assert addresses.one(given) == counted


def test_a_question_is_counted_by_network() -> None:
    def asker(host: str) -> str:
        return questions.address(Request({"type": "http", "headers": [], "client": (host, 1)}))

    assert asker("2001:db8::1") == asker("2001:db8::2") != asker("2001:db8:0:1::2")
    assert questions.address(Request({"type": "http", "headers": []})) == ""
