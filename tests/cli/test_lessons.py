"""The command `lessons`: what there is, and whether its claims hold."""

import json

import pytest

from ae_core import lessons
from tests.commands import command_here

CHEAP = "incompressible,loss_that_stays"  # the whole course, from three seeds, is a matter of tests/soak


def test_lessons_are_listed():
    told = command_here("lessons")
    assert told.returncode == 0
    assert [line.split()[1] for line in told.stdout.splitlines()] == list(lessons.registry())
    found = json.loads(command_here("lessons", "--only", "linear*", "--json").stdout)["lessons"]
    assert [one["lesson"] for one in found] == ["linear_is_pca"]
    assert found[0]["experiments"][0]["settings"]["linear"] is True


def test_what_there_is_not_is_refused():
    told = command_here("lessons", "--only", "nothing")
    assert told.returncode == 2
    assert "--only must be among copying, " in told.stderr
    assert command_here("lessons", "--check", "--seeds", "0").returncode == 2


@pytest.mark.long
@pytest.mark.slow(seconds=10)
def test_claims_hold():
    told = command_here("lessons", "--check", "--only", CHEAP, "--json")
    assert told.returncode == 0, told.stdout[-3000:]
    checks = json.loads(told.stdout.splitlines()[-1])["checks"]
    assert sorted(one["lesson"] for one in checks) == sorted(CHEAP.split(","))
    assert all(one["holds"] and one["seed"] == 0 and len(one["runs"]) == 2 for one in checks)
