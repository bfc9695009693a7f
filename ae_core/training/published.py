"""Figures from the literature that a classifier on a code is held against."""

from collections.abc import Mapping

from ae_core.messages import Published

# Test errors as shares of the 10,000 test images; 95 % confidence intervals of the paper are about ± 0.0022.
PUBLISHED: Mapping[str, tuple[Published, ...]] = {
    "mnist": (
        Published(name="SVM with an RBF kernel, on pixels", test_error=0.0140),
        Published(name="SAE-3: three layers pretrained as plain autoencoders", test_error=0.0140),
        Published(name="DBN-3: three layers pretrained as Boltzmann machines", test_error=0.0124),
        Published(name="SDAE-3: three layers pretrained as denoising autoencoders, 25 % masking", test_error=0.0128),
    )
}
PUBLISHED_IN = "Vincent et al., Stacked denoising autoencoders, JMLR 11, 2010, Table 3"
