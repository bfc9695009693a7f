"""What the processes that run tests find in their environment, set before NumPy and TensorFlow read it."""

import os

# Two processes share the cores with the workers they start. A second thread of linear algebra then waits for the first
# one by spinning: the eigenvectors of 784 pixels took 4.5 s that way, and 0.3 s on one thread.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
