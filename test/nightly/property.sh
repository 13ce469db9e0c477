#!/usr/bin/env bash
# Interpreter equals CPU on many random samples of every graph operation; those
# that have kernels of their own for each CPU, on all that this machine can run.
# REQUIRES: nightly-property
# RUN: bash %s
set -euo pipefail
systole-property --seed=1000 --count=400
levels=(generic x86-64-v2)
grep -q ' avx2 ' /proc/cpuinfo && levels+=(x86-64-v3)
grep -q ' avx512bw ' /proc/cpuinfo && levels+=(x86-64-v4)
grep -q ' avx512_vnni ' /proc/cpuinfo && levels+=(x86-64-v4+avx512vnni)
for cpu in "${levels[@]}"; do
  echo "$cpu"
  systole-property --seed=5000 --count=300 --op='{conv,matmul}' --cpu="$cpu"
done
