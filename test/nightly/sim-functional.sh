#!/usr/bin/env bash
# The matrix unit's arithmetic on 10^7 random values a mode, and vector code
# against the plain path on 600 programs of 60 instructions for each machine;
# 300 reference kernels of each kind on each machine against plain loops.
# REQUIRES: nightly-sim
# RUN: bash %s
set -euo pipefail
export SYSTOLE_SIM_SAMPLES=10000000 SYSTOLE_SIM_PROGRAMS=600 \
  SYSTOLE_SIM_KERNELS=300
"$SYSTOLE_BUILD/test/unit/bin/SystoleHwSimTests" \
  --gtest_filter='NumericsTest.*:KernelsTest.*:ReferenceKernelsTest.*'
