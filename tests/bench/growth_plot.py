"""Draws how cost grows with the work: `python -m tests.bench.growth_plot FILE`. Needs an installed Chromium.

FILE holds what `python -m ae_core bench --only growth-* --json` has printed; its last line counts.
"""

import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from ae_core.figures import COLOURS
from pages.ui import static
from tests.browser import browser
from tests.conftest import ROOT

TARGET = ROOT / "assets" / "pictures" / "growth.svg"
SIZE = {"width": 980, "height": 300}
AXES = {
    # name of the line: along x, along y
    "growth-images": ("training images", "seconds for an epoch"),
    "growth-code": ("numbers in the code", "seconds for an epoch"),
    "growth-viewers": ("viewers", "seconds for 1,000 steps"),
    "growth-runs": ("stored runs", "seconds until Compare is there"),
}


def figure(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """One small plot for each line, both axes from zero, so that cost that grows with the work is a straight line.

    Args:
        lines: Lines of the bench as plain values.
    """
    traces: list[dict[str, Any]] = []
    layout: dict[str, Any] = {
        **SIZE,
        "showlegend": False,
        "margin": {"l": 60, "r": 20, "t": 20, "b": 50},
        "font": {"size": 12},
        "grid": {"rows": 1, "columns": len(lines), "pattern": "independent", "xgap": 0.35},
        "paper_bgcolor": "#ffffff",
        "plot_bgcolor": "#ffffff",
    }
    common = {"rangemode": "tozero", "gridcolor": "#e3e4e8", "zerolinecolor": "#b4b8c0", "nticks": 5}
    for place, line in enumerate(lines, 1):
        x, y = zip(*line["details"]["points"], strict=True)
        along, up = AXES[line["name"]]
        traces.append(
            {
                "x": x,
                "y": y,
                "mode": "lines+markers",
                "line": {"color": COLOURS[0]},
                "xaxis": f"x{place}",
                "yaxis": f"y{place}",
            }
        )
        layout[f"xaxis{place}"] = common | {"title": {"text": along}, "range": [0, 1.08 * max(x)]}
        layout[f"yaxis{place}"] = common | {"title": {"text": up}, "range": [0, 1.15 * max(y)]}
    return {"data": traces, "layout": layout}


def main() -> None:
    """Writes `assets/pictures/growth.svg`."""
    told = json.loads(Path(sys.argv[1]).read_text().splitlines()[-1])
    drawn = figure([line for line in told["lines"] if line["name"] in AXES])
    with browser() as chromium:
        page = chromium.new_page()
        page.add_script_tag(content=static.plotly_script().decode())
        picture = page.evaluate("drawn => Plotly.toImage(drawn, {format: 'svg'})", drawn)
    TARGET.write_text(unquote(picture.partition(",")[2]))


if __name__ == "__main__":
    main()
