# ONNX's own operator tests, optimised: all phases leave the stored results true.
# RUN: bash %s %t
set -euo pipefail

archive=$SYSTOLE_SHARED/corpus/onnx-backend-tests/onnx-backend-test-data-opset28dev.tar.xz
if [[ ! -f $archive ]]; then
  echo "SKIPPED: no $archive; set SYSTOLE_SHARED to the folder that holds corpus/" >&2
  exit 0
fi
rm -rf "$1"
mkdir -p "$1"
tar -xJf "$archive" -C "$1"
data=$1/onnx/backend/test/data
"$SYSTOLE_BUILD/bin/systole-onnx-suite" --optimise \
  "$data"/node/* "$data"/simple/* "$data"/pytorch-*/* >"$1/log.txt" || {
  cat "$1/log.txt"
  exit 1
}
tail -n 1 "$1/log.txt"
passed=$(sed -n 's/^passed \([0-9]*\),.*/\1/p' "$1/log.txt")
((passed >= 1150))
rm -rf "$1/onnx"
