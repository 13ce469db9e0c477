# One minute of damaged models for the importer, ten under test.sh
# --nightly=fuzz. What ever made it fail is kept in seeds/ and tried first.
# RUN: bash %s %t
set -euo pipefail

folder=$SYSTOLE_SOURCE/test/fuzz
work=$1
rm -rf "$work"
mkdir -p "$work/corpus" "$work/bad"
cd "$work"
"$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/onnx_files.py" bad bad "$SYSTOLE_MODELS/mnist.onnx"
find bad -name '*.onnx' -size -64k -exec cp {} corpus/ \;
cp "$SYSTOLE_MODELS/mnist.onnx" corpus/
# New finds go to the first folder; the kept seeds are only read.
"$SYSTOLE_BUILD/test/fuzz/OnnxFuzzer" corpus "$folder/seeds" \
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
