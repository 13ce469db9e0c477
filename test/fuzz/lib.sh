# What the fuzzers of importers share. It leaves the shell in an empty WORK_FOLDER
# with a folder for the first inputs: source lib.sh WORK_FOLDER.
set -euo pipefail

work=$1
rm -rf "$work"
mkdir -p "$work/corpus"
cd "$work"

# fuzz_importers FOLDER...: new finds go to the first folder, the others are only
# read. Fails at the first input that crashes, hangs or takes too much memory.
fuzz_importers() {
  "$SYSTOLE_BUILD/test/fuzz/ImporterFuzzer" "$@" \
    -max_total_time="${SYSTOLE_FUZZ_SECONDS:-60}" -timeout=20 -rss_limit_mb=2048 \
    -max_len=65536 -seed=1 -print_final_stats=1 -artifact_prefix="$work/" >log.txt 2>&1 || {
    tail -n 40 log.txt
    echo "the input that failed: $(ls "$work"/crash-* "$work"/timeout-* "$work"/oom-* 2>/dev/null)"
    exit 1
  }
  # A fuzzer that executes nothing finds nothing.
  executed=$(sed -n 's/^stat::number_of_executed_units: *//p' log.txt)
  echo "$executed inputs executed"
  ((executed > 1000))
}
