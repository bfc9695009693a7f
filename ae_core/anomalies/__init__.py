"""Which of these is odd? Scores of a trained run, thresholds, how good they are, and rivals on the same split."""

OWN = "network"
PARTS = (OWN, "pca", "knn", "isolation_forest", "one_class_svm")
"""Parts of the work, between which one may stop: what the run's network says, then each rival of `rivals.RIVALS`."""
