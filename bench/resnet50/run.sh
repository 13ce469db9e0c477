#!/usr/bin/env bash
# Makes the model once and runs the benchmark. Needs a built Systole and PyPI.
# Usage: run.sh [OPTIONS OF benchmark.py]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

venv=build/bench-venv
folder=build/bench/resnet50
if ! "$venv/bin/python" -c 'import numpy, onnx, onnxruntime' 2>/dev/null; then
  python3 -m venv "$venv" || {
    echo "run.sh: error: no virtual environment; on Debian: apt-get install python3-venv" >&2
    exit 1
  }
  "$venv/bin/pip" install --quiet numpy onnx onnxruntime
fi
if [[ ! -f $folder/logits.npy ]]; then
  "$venv/bin/python" bench/resnet50/make_model.py "$folder"
fi
exec "$venv/bin/python" bench/resnet50/benchmark.py build/bin/systole "$folder" "$@"
