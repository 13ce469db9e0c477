#!/usr/bin/env bash
# Makes the models once and runs the benchmark. Needs a built Systole and PyPI.
# Usage: run.sh [OPTIONS OF benchmark.py]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

venv=build/bench-venv
folder=build/bench/int8
if ! "$venv/bin/python" -c 'import numpy, onnx, onnxruntime, openvino, sympy' 2>/dev/null; then
  python3 -m venv "$venv" || {
    echo "run.sh: error: no virtual environment; on Debian: apt-get install python3-venv" >&2
    exit 1
  }
  "$venv/bin/pip" install --quiet numpy onnx onnxruntime openvino sympy
fi
if [[ ! -f $folder/mobilenet2.logits.npy ]]; then
  "$venv/bin/python" bench/int8/make_models.py "$folder"
fi
exec "$venv/bin/python" bench/int8/benchmark.py build/bin/systole "$folder" "$@"
