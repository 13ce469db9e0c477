#!/usr/bin/env bash
# Sets up, builds and runs the tests. The last line is 'N passed, N failed, N
# skipped'; the status is 0 only if none failed.
# Usage: test.sh [--nightly[=GROUP,...]] [--filter=REGEX]
#   --nightly       the long runs instead of the quick suite; groups:
#                   asan       the quick suite under the sanitisers
#                   roundtrip  every .mlir test with --verify-roundtrip
#                   fuzz       the fuzz targets, ten minutes each
#                   property   interpreter equals CPU on many random samples
#                   models     real models over their whole inputs; 2 GB of weights; ONNX's suite
#                   sim        the matrix unit's models on many random programs
#                   rtl        the SystemVerilog: all engines, odd machines, lint, waveforms
#                   diff       the SystemVerilog on 100,000 random programs
#                   machine    10,000 random programs and mutants of them
#                   mutants    planted mistakes, each of which the quick tests must find
#                   resnet50   accuracy and compile limits of a 100 MB model
#   --filter=REGEX  only the tests whose name matches
# Tests on real models read SYSTOLE_SHARED (default ../shared) and are skipped,
# loudly, without it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

groups=()
filter=.
for argument in "$@"; do
  case $argument in
    --nightly) groups=(asan roundtrip fuzz property sim rtl diff machine mutants models resnet50) ;;
    --nightly=*) IFS=, read -ra groups <<<"${argument#*=}" ;;
    --filter=*) filter=${argument#*=} ;;
    -h | --help)
      sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"
      exit 0
      ;;
    *)
      echo "test.sh: error: unknown option '$argument'; see --help" >&2
      exit 2
      ;;
  esac
done

export SYSTOLE_SHARED=${SYSTOLE_SHARED:-$(realpath -m ../shared)}
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Appends one lit run to the log. lit's own status is not needed: a failed
# test is counted from the log, and a lit that could not run adds a line.
run_lit() {
  local status=0
  # LIT_OPTS would change what is counted.
  env -u LIT_OPTS lit-22 -v --timeout=1800 --filter="$filter" \
    --allow-empty-runs "$@" 2>&1 | tee -a "$log" || status=$?
  if ((status != 0)) && ! grep -qE '^(FAIL|TIMEOUT|UNRESOLVED|XPASS):' "$log"; then
    echo "FAIL: lit itself ended with status $status" | tee -a "$log"
  fi
}

run_group() {
  case $1 in
    quick)
      ./tools/scripts/build.sh ci
      run_lit build/test build/test/unit
      ;;
    asan)
      ./tools/scripts/build.sh asan
      run_lit build/asan/test build/asan/test/unit
      ;;
    roundtrip)
      ./tools/scripts/build.sh ci
      SYSTOLE_VERIFY_ROUNDTRIP=1 run_lit build/test/dialects build/test/passes
      ;;
    fuzz | property | sim | rtl | diff | machine | mutants | models | resnet50)
      ./tools/scripts/build.sh ci
      run_lit --param=nightly="$1" build/test/nightly
      ;;
    *)
      echo "test.sh: error: no nightly group '$1'; see --help" >&2
      exit 2
      ;;
  esac
}

# Tests whose line in the log begins with one of the given words.
count() {
  grep -cE "^($1):" "$log" || true
}

./tools/scripts/setup.sh
for group in "${groups[@]:-quick}"; do
  run_group "$group"
done

# Unit tests are counted one by one in lit's summary, but by shard in its
# lines: the summary is what counts for those that passed.
passed=$(awk '/^ *(Passed|Expectedly Failed|Passed With Retry) *:/ {
                sub(/.*: */, ""); sum += $1 } END { print sum + 0 }' "$log")
failed=$(awk '/^ *(Failed|Unresolved|Timed Out|Unexpectedly Passed) *:/ {
                sub(/.*: */, ""); sum += $1 } END { print sum + 0 }' "$log")
skipped=$(awk '/^ *(Unsupported|Skipped) *:/ {
                sub(/.*: */, ""); sum += $1 } END { print sum + 0 }' "$log")
if ((failed == 0)); then
  failed=$(count 'FAIL|TIMEOUT|UNRESOLVED|XPASS')
fi
if ((skipped > 0)); then
  echo "Skipped, because this machine lacks what they need:"
  grep '^UNSUPPORTED:' "$log" | sed 's/^UNSUPPORTED:/ /; s/ (.*//' | sort -u
fi
if [[ ! -d $SYSTOLE_SHARED/corpus ]]; then
  echo "WARNING: no models at $SYSTOLE_SHARED/corpus, so nothing real was" \
    "tested; set SYSTOLE_SHARED"
fi
if ((passed + failed == 0)); then
  echo "FAIL: no test ran"
  failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
