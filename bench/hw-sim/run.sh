#!/usr/bin/env bash
# Prints what reference kernels reach, then the speed of the functional engine on
# every preset; status 1 if that is too slow. Usage: bench/hw-sim/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
./tools/scripts/build.sh release systole-bench-functional systole-bench-kernels
build/bin/systole-bench-kernels hw-sim/configs/mxu-{8,16,32,64}.yaml
build/bin/systole-bench-functional hw-sim/configs/mxu-{8,16,32,64}.yaml
