"""How probable an example is to a model with random codes, estimated by importance sampling."""

import math
from collections.abc import Callable

import numpy as np


def importance_weighted(
    mean: np.ndarray,
    log_var: np.ndarray,
    log_likelihood: Callable[[np.ndarray], np.ndarray],
    draws: int = 100,
    seed: int = 0,
) -> np.ndarray:
    """`ln p(x) ≈ ln 1/K Σ_k p(x | z_k) p(z_k) / q(z_k | x)`, `z_k ~ q = N(μ, σ²)`, `p(z) = N(0, I)`; higher is better.

    Its expectation lies below ln p(x) and rises with K to it; with K = 1 it is the evidence lower bound. Where q is the
    true posterior, all weights are alike and one draw is exact.

    Args:
        mean: μ of each example, ndarray of shape `(n_samples, code)`.
        log_var: ln σ², of the same shape.
        log_likelihood: Codes `(n_samples, code)`, one for each example → `ln p(x | z)` in nats, `(n_samples,)`.
        draws: K, at least 1.
        seed: Start of the random numbers.

    Returns:
        Nats, float64 ndarray of shape `(n_samples,)`.

    References:
        Burda, Grosse & Salakhutdinov, Importance weighted autoencoders, ICLR 2016, equation 8; Rezende, Mohamed &
        Wierstra, Stochastic backpropagation and approximate inference in deep generative models, ICML 2014, appendix E.
    """
    random = np.random.default_rng(seed)
    mean, log_var = mean.astype(np.float64), log_var.astype(np.float64)
    total = np.full(len(mean), -np.inf)
    for _ in range(draws):
        normals = random.standard_normal(mean.shape)
        codes = mean + np.exp(0.5 * log_var) * normals
        # What both densities share, -½ ln 2π for each number, leaves their quotient.
        prior, drawn = -0.5 * np.square(codes).sum(axis=1), -0.5 * (np.square(normals) + log_var).sum(axis=1)
        total = np.logaddexp(total, log_likelihood(codes) + prior - drawn)
    return total - math.log(draws)
