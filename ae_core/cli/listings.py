"""The commands `variants` and `datasets`: what there is to choose from."""

import argparse
import dataclasses
import json
import sys
from typing import Any

from ae_core import data, variants
from ae_core.settings import options


def add_to(commands: Any) -> None:
    """Adds the commands to the sub-parsers of an `argparse` parser; `run` of what was given does the work.

    Args:
        commands: What `ArgumentParser.add_subparsers` returned.
    """
    for name, run in (("variants", _variants), ("datasets", _datasets)):
        listing = commands.add_parser(name, help=f"list the {name}")
        listing.add_argument("--json", action="store_true", help="print JSON")
        listing.set_defaults(run=run)


def _variants(given: argparse.Namespace) -> int:
    known = variants.registry().values()
    if given.json:
        print(json.dumps([_variant_facts(variant) for variant in known]))
        return 0
    for variant in known:
        print(f"{variant.name:16} {variant.idea}")
    return 0


def _variant_facts(variant: variants.Variant) -> dict[str, Any]:
    defaults = variant.settings().to_dict()
    settings = {
        name: {
            "default": defaults[name],
            "help": option.help,
            "low": option.low,
            "high": option.high,
            "choices": list(option.choices),
            "live": option.live,
        }
        for name, option in options(variant.settings).items()
    }
    return {
        "name": variant.name,
        "title": variant.title,
        "idea": variant.idea,
        "formula": variant.formula,
        "references": list(variant.references),
        "settings": settings,
    }


def _datasets(given: argparse.Namespace) -> int:
    known = data.catalogue().values()
    if given.json:
        print(json.dumps([dataclasses.asdict(info) for info in known]))
        return 0
    for info in known:
        shape = "×".join(str(length) for length in info.spec.shape)
        print(
            f"{info.name:16} {info.train_count:6} + {info.test_count:5} of {shape:8} {info.title}: {info.description} "
            f"{info.values.sentence.capitalize()}."
        )
    for problem in data.faulty_files().values():
        print(problem, file=sys.stderr)
    return 0
