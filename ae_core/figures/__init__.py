"""Snapshots become Plotly figures: the loss curves, the map of the codes, the grid of reconstructions.

A figure is a plain dictionary, `{"data": [...], "layout": {...}}`, ready for JSON. It says nothing of colours of
text, grid or page: the browser adds them from its own theme, so that one figure serves every viewer. Beyond what
Plotly reads, `layout.meta` carries `label` (a sentence for screen readers) and what one view needs more.
"""

from ae_core.figures.classifier import classifier
from ae_core.figures.grid import grid
from ae_core.figures.latent import latent
from ae_core.figures.loss import loss
from ae_core.figures.panel import panel
from ae_core.figures.shared import COLOURS, SYMBOLS, Figure, Translate

__all__ = ["COLOURS", "SYMBOLS", "Figure", "Translate", "classifier", "grid", "latent", "loss", "panel"]
