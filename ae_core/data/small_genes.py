"""A generated table of gene expression: cells of known types, counted as single-cell sequencing counts them."""

import numpy as np

from ae_core.data.columns import Column
from ae_core.data.dataset import DataInfo, Dataset, split_factors
from ae_core.data.ranges import ValueRange
from ae_core.settings import DataSpec

CELLS_TRAIN, CELLS_TEST, GENES = 560, 140, 500
CELL_TYPES = ("A1", "A2", "A3", "B1", "B2", "C1", "C2")  # the letter is the family
CELL_SHARES = (0.22, 0.17, 0.08, 0.19, 0.12, 0.14, 0.08)
FAMILY_GENES, TYPE_GENES, CYCLE_GENES, STRESS_GENES = 50, 20, 40, 40  # genes that tell of each
FAMILY_FOLD, TYPE_FOLD, CYCLE_FOLD, STRESS_FOLD = 1.4, 1.8, 0.8, 0.8  # natural logarithms
READS, DEPTH_SPREAD = 800, 0.35  # molecules that are counted in a cell, median and spread of their logarithm
DISPERSION = 2.0  # of the negative binomial distribution: variance μ + μ² / 2
LOST = 0.4  # share of the genes without expression whose few molecules are lost; less of others
PER_CELL = 1000  # molecules to which each cell is normalised
GENE_EXPRESSION = DataInfo(
    "genes",
    "Gene expression (generated table)",
    DataSpec((GENES,), unit_range=False),
    CELLS_TRAIN,
    CELLS_TEST,
    CELL_TYPES,
    "Made by this program, after the counts of single-cell RNA sequencing; no cell and no gene of it is real.",
    "CC0 1.0",
    "A generated table of 700 cells and 500 invented genes: logarithms of normalised counts, more than half of which "
    "are 0. Seven cell types in three families are known, and so are cycle, stress and depth of each cell.",
    values=ValueRange(0.0, 1.0, 0.0, 5.6968),
    columns=tuple(Column(f"gene {place}") for place in range(1, GENES + 1)),
)


def make_genes() -> Dataset:
    """700 cells of seven types, each with its generating factors.

    The expression of gene g in a cell, before it is normalised to a sum of 1 over all genes, is

    `e_g = exp(b_g + 1.4 [g of the family] + 1.8 [g of the type] + 0.8 cos(cycle − φ_g) [g of the cycle]
    + 0.8 stress [g of stress])`

    with a basic level b and a phase φ of each gene. With `μ = depth · e_g / Σe` its count n is drawn from the negative
    binomial distribution of mean μ and variance `μ + μ² / 2`, and lost with a chance of `0.4 exp(−μ)`. The table holds
    `log(1 + 1000 n / Σn)`.

    References:
        Lun, Bach & Marioni, Pooling across cells to normalize single-cell RNA sequencing data with many zero counts,
        Genome Biology 2016, for the distribution; Pierson & Yau, ZIFA, Genome Biology 2015, for the losses.
    """
    count = CELLS_TRAIN + CELLS_TEST
    random = np.random.default_rng(700)
    factors = {
        "type": random.choice(len(CELL_TYPES), count, p=CELL_SHARES),
        "cycle": random.uniform(0.0, 2 * np.pi, count),
        "stress": random.standard_normal(count),
        "depth": READS * np.exp(DEPTH_SPREAD * random.standard_normal(count)),
    }
    mean = expected_counts(random, **factors)
    counts = random.poisson(random.gamma(DISPERSION, mean / DISPERSION))
    counts[random.random(counts.shape) < LOST * np.exp(-mean)] = 0
    values = np.log1p(PER_CELL * counts / counts.sum(axis=1, keepdims=True)).astype(np.float32)
    labels = factors["type"].astype(np.int64)
    train, test = slice(None, CELLS_TRAIN), slice(CELLS_TRAIN, None)
    return Dataset(
        GENE_EXPRESSION, values[train], labels[train], values[test], labels[test], *split_factors(factors, CELLS_TRAIN)
    )


def expected_counts(
    random: np.random.Generator, type: np.ndarray, cycle: np.ndarray, stress: np.ndarray, depth: np.ndarray
) -> np.ndarray:
    """Mean count of each gene in each cell, see `make_genes`.

    Args:
        random: Chooses which genes tell of what, and their basic levels.
        type: Number of the type in `CELL_TYPES`, shape (n,).
        cycle: Where the cell is in its cycle, as an angle.
        stress: How stressed it is, in standard deviations.
        depth: Molecules that are counted in it.

    Returns:
        float64 of shape (n, 500).
    """
    level = random.standard_normal(GENES)
    phase = random.uniform(0.0, 2 * np.pi, GENES)
    families = sorted({name[0] for name in CELL_TYPES})
    family = np.array([families.index(name[0]) for name in CELL_TYPES])[type]

    def among(number: np.ndarray, kinds: int, genes: int) -> np.ndarray:
        """Whether a gene tells of the kind that a cell is of, (n, genes)."""
        told = np.stack([np.isin(np.arange(GENES), random.choice(GENES, genes, replace=False)) for _ in range(kinds)])
        return told[number]

    everybody = np.zeros(len(type), int)
    raised = FAMILY_FOLD * among(family, len(families), FAMILY_GENES)
    raised = raised + TYPE_FOLD * among(type, len(CELL_TYPES), TYPE_GENES)
    raised = raised + CYCLE_FOLD * np.cos(cycle[:, None] - phase) * among(everybody, 1, CYCLE_GENES)
    raised = raised + STRESS_FOLD * stress[:, None] * among(everybody, 1, STRESS_GENES)
    expression = np.exp(level + raised)
    return depth[:, None] * expression / expression.sum(axis=1, keepdims=True)
