#!/usr/bin/env bash
# Runs ONNX's operator tests on the interpreter and the cpu, and holds them
# against not-passing.txt.
# Usage: run.sh [--update | --quick | --filter=TEXT | --verbose | --slowest=N]...
#   --update   take what passes out of not-passing.txt, refresh the reasons, and
#              write docs/onnx-operators.md
#   others     see build/bin/systole-onnx-suite --help
set -euo pipefail
here=$(realpath "$(dirname "${BASH_SOURCE[0]}")")
build=${SYSTOLE_BUILD:-$here/../../build}
shared=${SYSTOLE_SHARED:-$here/../../../shared}

archive=$shared/corpus/onnx-backend-tests/onnx-backend-test-data-opset28dev.tar.xz
if [[ ! -f $archive ]]; then
  echo "SKIPPED: no $archive; set SYSTOLE_SHARED to the folder that holds corpus/" >&2
  exit 0
fi
# A folder of its own: two runs of the tests do not meet.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tar -xJf "$archive" -C "$work"
status=0
"$build/bin/systole-onnx-suite" --data="$work/onnx/backend/test/data" \
  --list="$here/not-passing.txt" "$@" || status=$?
if [[ " $* " == *" --update "* ]]; then
  "$build/bin/systole-onnx-suite" --list="$here/not-passing.txt" --page \
    >"$here/../../docs/onnx-operators.md"
fi
exit "$status"
