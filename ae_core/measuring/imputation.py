"""How well unknown values are filled: known ones are hidden, filled, and compared with what they were."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ae_core.measuring.pca import PrincipalComponents
from ae_core.messages import Numbers
from ae_core.models.autoencoder import Autoencoder

if TYPE_CHECKING:
    from ae_core.data.preparation import Prepared

HIDDEN_SHARE = 0.1  # of the known values
SEED = 0


def imputation(model: Autoencoder, data: "Prepared", pca: PrincipalComponents, raw: np.ndarray) -> Numbers:
    """`sqrt(mean (x - x̂)²)` over hidden values, in the units that the network sees; lower is better.

    One known value in ten is hidden, the same ones for every model of these data. The network is fed the training mean
    in their places, as where a value is unknown, and its reconstruction fills them in one pass. Beside it stand the
    training mean itself and PCA with a code of the same size, whose gaps are filled again and again. The columns of a
    category are hidden together: the others would give the hidden one away.

    Args:
        model: The trained model.
        data: Its data.
        pca: The rival, `of_size` of the model's code.
        raw: Test rows of `data`, ndarray of shape `(n_samples, *example)`, NaN where a value is unknown.

    Returns:
        `imputation_rmse`, `imputation_rmse_of_mean` and `imputation_rmse_of_pca`; None where nothing can be hidden.
    """
    hidden = hide(raw, data.variables)
    exact = data.exact(raw)
    fed = data.fed(np.where(hidden, np.nan, raw).astype(raw.dtype))
    filled = {
        "imputation_rmse": model.decode(model.encode(fed)),
        "imputation_rmse_of_mean": fed,
        "imputation_rmse_of_pca": pca.reconstruct(np.where(hidden, np.nan, exact), int(np.prod(model.code_shape))),
    }
    if not hidden.any():
        return dict.fromkeys(filled)
    return {
        name: float(np.sqrt(np.mean(np.square(values[hidden] - exact[hidden], dtype=np.float64))))
        for name, values in filled.items()
    }


def hide(raw: np.ndarray, variables: Sequence[int] = ()) -> np.ndarray:
    """Which values are hidden: one in ten of the known ones, bool of their shape.

    Args:
        raw: ndarray of shape `(n_samples, *example)`, NaN where a value is unknown.
        variables: See `Prepared.variables`; none: each column stands for itself.
    """
    chances = np.random.default_rng(SEED).random(raw.shape)
    if variables:
        chances = chances[..., list(variables)]
    return (chances < HIDDEN_SHARE) & ~np.isnan(raw)
