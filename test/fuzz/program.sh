# Ten seconds each of damaged images and of any bits as instructions, ten
# minutes under test.sh --nightly=fuzz. What ever made one fail is kept in
# seeds/ and tried first.
# RUN: bash %s %t
set -euo pipefail

folder=$SYSTOLE_SOURCE/test/fuzz
work=$1
rm -rf "$work"
mkdir -p "$work/image" "$work/program"
cd "$work"
export ASAN_OPTIONS=allocator_may_return_null=0 UBSAN_OPTIONS=print_stacktrace=1

# Programs to begin with: as images, as words, as text.
for source in "$folder"/../hw-sim/Inputs/*.mlir; do
  name=$(basename "$source" .mlir)
  systole compile "$source" --emit=image -o "image/$name"
  systole compile "$source" --emit=asm -o "program/$name.s"
  # The words lie behind the header, at a place that the header names.
  offset=$(od -An -t u8 -j 64 -N 8 "image/$name")
  size=$(od -An -t u8 -j 72 -N 8 "image/$name")
  { printf '\003' && tail -c +$((offset + 17)) "image/$name" | head -c $((size - 16)); } >"program/$name"
done

fuzz() { # BINARY CORPUS
  # New finds go to the first folder; the kept seeds are only read.
  "$SYSTOLE_BUILD/test/fuzz/$1" "$2" "$folder/seeds/$2" \
    -max_total_time="${SYSTOLE_FUZZ_SECONDS:-10}" -timeout=20 -rss_limit_mb=2048 \
    -max_len=16384 -seed=1 -print_final_stats=1 -artifact_prefix="$work/" >"$1.txt" 2>&1 || {
    tail -n 40 "$1.txt"
    echo "the input that failed: $(ls "$work"/crash-* "$work"/timeout-* "$work"/oom-* 2>/dev/null)"
    exit 1
  }
  # A fuzzer that executes nothing finds nothing.
  executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$1.txt")
  echo "$1: $executed inputs executed"
  ((executed > 1000))
}
fuzz ImageFuzzer image
fuzz ProgramFuzzer program
