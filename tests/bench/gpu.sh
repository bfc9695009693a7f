#!/usr/bin/env bash
# The program on a card, in under six minutes:
#
#   tests/bench/gpu.sh fetch      on a machine with a network: what the other one lacks, into tests/bench/carried
#   tests/bench/gpu.sh            on the machine with the card; results in tests/bench/gpu-measured
#   tests/bench/gpu.sh --short    the same with few images: does everything work?
#
# PYTHON names the interpreter (python3 by default), KERAS_BACKEND the backend: by default TensorFlow where it sees a card
# or JAX is missing, else JAX. Further arguments go to `python -m tests.bench.gpu`, see its --help. Safe to run twice.
set -euo pipefail
cd "$(dirname "$0")/../.."

PYTHON=${PYTHON:-python3}
CARRIED=tests/bench/carried # comes along: wheels, and data sets
VERSION=$("$PYTHON" -c 'import sys; print(*sys.version_info[:2], sep=".")')
INSTALLED=${XDG_CACHE_HOME:-$HOME/.cache}/autoencoder-lab/packages-$VERSION # of these wheels what was missing

# What a machine with CUDA, NumPy, h5py, scikit-learn, Pillow, psutil and JAX or TensorFlow usually lacks, as package and
# module. Versions are those of requirements.txt.
packages() {
    cat <<'LIST'
keras keras
namex namex
optree optree
msgspec msgspec
dask dask
distributed distributed
tornado tornado
tblib tblib
zict zict
msgpack msgpack
sortedcontainers sortedcontainers
toolz toolz
cloudpickle cloudpickle
locket locket
partd partd
cryptography cryptography
cffi cffi
pycparser pycparser
LIST
}

fetch() {
    mkdir -p "$CARRIED/wheels" "$CARRIED/data"
    packages | while read -r package _; do grep "^$package==" requirements.txt; done | sed 's/ *;.*//' >"$CARRIED/list"
    "$PYTHON" -m pip download --quiet --no-deps --only-binary=:all: --python-version "${FOR_PYTHON:-3.12}" \
        --implementation cp --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 \
        --platform manylinux2014_x86_64 --platform manylinux_2_5_x86_64 --platform manylinux1_x86_64 \
        --dest "$CARRIED/wheels" --requirement "$CARRIED/list"
    # MNIST, where it lies at hand; without it the built-in digits are trained on.
    if [ -n "${AE_DATA_DIR:-}" ] && [ -f "$AE_DATA_DIR/mnist.npz" ]; then cp "$AE_DATA_DIR/mnist.npz" "$CARRIED/data/"; fi
    du -sh "$CARRIED" >&2
}

MISSING='
import importlib.util, sys
for package, module in map(str.split, sys.stdin):
    if importlib.util.find_spec(module) is None:
        print(package)
'
# Only what is missing: a package that is there belongs to the others that are there.
install() {
    mkdir -p "$INSTALLED"
    export PYTHONPATH="$PWD:$INSTALLED${PYTHONPATH:+:$PYTHONPATH}"
    local missing
    missing=$(packages | "$PYTHON" -c "$MISSING")
    for package in $missing; do
        if ! "$PYTHON" -m pip install --quiet --no-index --no-deps --upgrade --target "$INSTALLED" \
            --find-links "$CARRIED/wheels" "$package"; then
            echo "gpu.sh: $package is missing; run '$0 fetch' where there is a network, and bring $CARRIED along." >&2
        fi
    done
}

backend() {
    "$PYTHON" - <<'ASK'
import importlib.util

there = {name: importlib.util.find_spec(name) is not None for name in ("tensorflow", "jax")}
chosen = "tensorflow" if there["tensorflow"] else "jax"
if all(there.values()):
    import tensorflow

    chosen = "tensorflow" if tensorflow.config.list_physical_devices("GPU") else "jax"
print(chosen)
ASK
}

if [ "${1:-}" = fetch ]; then
    fetch
    exit
fi
install
export TF_CPP_MIN_LOG_LEVEL=${TF_CPP_MIN_LOG_LEVEL:-3}
if [ -z "${KERAS_BACKEND:-}" ]; then KERAS_BACKEND=$(backend 2>/dev/null); fi
export KERAS_BACKEND
if [ -z "${AE_DATA_DIR:-}" ] && [ -d "$CARRIED/data" ]; then export AE_DATA_DIR="$PWD/$CARRIED/data"; fi
exec "$PYTHON" -m tests.bench.gpu --out tests/bench/gpu-measured "$@"
