#!/usr/bin/env bash
# 10,000 random programs, each also with a fault and as three mutants, on a
# preset and on an odd machine: no differences, and no coverage bin of the preset
# below 100 hits.
# REQUIRES: nightly-machine
# RUN: bash %s
set -euo pipefail
cd "$SYSTOLE_SOURCE"
systole-dv random --machine=hw-sim/configs/mxu-8.yaml --programs=10000 \
  --minimum-hits=100
systole-dv random --machine=test/hw-sim/Inputs/odd-12.yaml --programs=2000
