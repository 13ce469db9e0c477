# demo.sh builds the driver alone: that target has to bring what the driver links
# into executables, which a whole build would hide.
# RUN: bash %s
set -euo pipefail
inputs=$(ninja -C "$SYSTOLE_BUILD" -t inputs bin/systole)
for arch in x86_64 aarch64 riscv64; do
  grep -q "^runtime/systole_support/$arch/" <<<"$inputs" || {
    echo "FAILED: bin/systole does not need the support library of $arch" >&2
    exit 1
  }
done
