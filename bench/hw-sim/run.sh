#!/usr/bin/env bash
# Prints what reference kernels reach, then the speed of the functional and of the
# cycle engine on every preset, and of the RTL; status 1 if one is too slow.
# Usage: bench/hw-sim/run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
./tools/scripts/build.sh release systole-bench-cycle systole-bench-functional systole-bench-kernels systole-bench-rtl
build/bin/systole-bench-kernels hw-sim/configs/mxu-{8,16,32,64}.yaml
build/bin/systole-bench-functional hw-sim/configs/mxu-{8,16,32,64}.yaml
build/bin/systole-bench-cycle hw-sim/configs/mxu-{8,32,64}.yaml
build/bin/systole-bench-cycle --least=10 hw-sim/configs/mxu-16.yaml
build/bin/systole-bench-rtl --cycle --all hw-sim/configs/mxu-{16,32}.yaml
# The RTL's speed, and how long its simulators take to be made: in a new cache.
SYSTOLE_CACHE=$(mktemp -d) build/bin/systole-bench-rtl hw-sim/configs/mxu-{16,32}.yaml
