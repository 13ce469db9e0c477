# ONNX's own operator tests through the interpreter, or with --device=cpu compiled
# (test/nightly/onnx-cpu.sh): no folder that the importer takes may fail, and it
# must take no fewer than it does today.
# RUN: bash %s %t
set -euo pipefail

archive=$SYSTOLE_SHARED/corpus/onnx-backend-tests/onnx-backend-test-data-opset28dev.tar.xz
if [[ ! -f $archive ]]; then
  echo "SKIPPED: no $archive; set SYSTOLE_SHARED to the folder that holds corpus/" >&2
  exit 0
fi
# A folder of its own: two runs of the tests do not meet.
mkdir -p "$1"
work=$(mktemp -d "$1/XXXXXX")
trap 'rm -rf "$work"' EXIT
tar -xJf "$archive" -C "$work"
data=$work/onnx/backend/test/data
"$SYSTOLE_BUILD/bin/systole-onnx-suite" "${@:2}" \
  "$data"/node/* "$data"/simple/* "$data"/pytorch-*/* >"$work/log.txt" || {
  cat "$work/log.txt"
  exit 1
}
tail -n 1 "$work/log.txt"
passed=$(sed -n 's/^passed \([0-9]*\),.*/\1/p' "$work/log.txt")
((passed >= 1549))
