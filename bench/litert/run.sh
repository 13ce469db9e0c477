#!/usr/bin/env bash
# Holds Systole against LiteRT's reference kernels, bit for bit, on every integer
# TFLite file of the shared folder. Needs a built Systole and PyPI.
# Usage: run.sh [OPTIONS OF compare.py]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

venv=build/bench-venv
if ! "$venv/bin/python" -c 'import ai_edge_litert, numpy, PIL' 2>/dev/null; then
  python3 -m venv "$venv" || {
    echo "run.sh: error: no virtual environment; on Debian: apt-get install python3-venv" >&2
    exit 1
  }
  "$venv/bin/pip" install --quiet ai-edge-litert numpy pillow
fi
exec "$venv/bin/python" bench/litert/compare.py build/bin/systole \
  "${SYSTOLE_SHARED:-../shared}" "$@"
