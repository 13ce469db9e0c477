#!/usr/bin/env bash
# Times ways to write the array, by Verilator and clang: rolled loops over whole
# arrays (hw-sim/rtl/array.sv), and a module for each element (elements.sv).
# Usage: bench/hw-sim/array-styles/run.sh [LANES...]
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
root=$(verilator --getenv VERILATOR_ROOT)/include
for lanes in "${@:-16}"; do
  for style in "$here/../../../hw-sim/rtl/array.sv" "$here/elements.sv"; do
    rm -rf "$folder/build" && mkdir "$folder/build" && cd "$folder/build"
    echo "package machine_pkg; parameter int unsigned Lanes = $lanes; endpackage" > machine_pkg.sv
    verilator --cc -Wno-lint -O3 --x-assign fast --x-initial fast --Mdir . --top-module array machine_pkg.sv "$style"
    for file in Varray*.cpp; do echo "#include \"$file\""; done > all.cc
    clang++-22 -std=gnu++17 -O3 -march=native -w -DLANES="$lanes" -I. -I"$root" -I"$root/vltstd" \
      all.cc "$here/main.cpp" "$root/verilated.cpp" "$root/verilated_threads.cpp" -o array
    printf '%-12s ' "$(basename "$style" .sv)"
    ./array
  done
done
