#!/usr/bin/env bash
# Prints the speed of the functional engine on every preset; status 1 if it is too
# slow. Usage: bench/hw-sim/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
./tools/scripts/build.sh release systole-bench-functional
build/bin/systole-bench-functional hw-sim/configs/mxu-{8,16,32,64}.yaml
