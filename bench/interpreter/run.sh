#!/usr/bin/env bash
# Prints the speed of the interpreter's contractions; status 1 if one is too slow.
# Usage: bench/interpreter/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
./tools/scripts/build.sh release systole-bench-interpreter
build/bin/systole-bench-interpreter
