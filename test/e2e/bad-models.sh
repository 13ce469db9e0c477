# Every way in which a model can be wrong ends in a message and status 1, and
# leaves no output file. onnx_files.py lists the faults.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

files=$SYSTOLE_SOURCE/test/e2e/onnx_files.py
mkdir bad
"$SYSTOLE_PYTHON" "$files" bad bad "$models/mnist.onnx"
faults=0
while IFS=$'\t' read -r name words; do
  # What makes a tensor too large may only show when memory is planned.
  refused 1 "$words" systole compile "bad/$name" --no-cache -o "out-$name"
  grep -q 'error:' stderr.txt || fail "$name: no 'error:' in $(cat stderr.txt)"
  [[ ! -e out-$name ]] || fail "$name: a partial output file is left"
  faults=$((faults + 1))
done <bad/expected
((faults >= 40)) || fail "only $faults faults were tried"

# Both unsupported operators are reported at once.

refused 1 Wibble systole compile bad/unknown-op.onnx -o out

# Files that are no file at all.
refused 1 'nowhere.onnx' systole inspect nowhere.onnx
refused 1 'bad' systole compile bad -o out
refused 1 'error' systole inspect - </dev/null

# A long chain is not an error, and no recursion runs out of stack on it.
"$SYSTOLE_PYTHON" "$files" deep deep.onnx 5000
timeout 300 systole inspect deep.onnx --json >deep.json
grep -Eq '"nodes": ?5000' deep.json || fail "deep chain: $(head -c 300 deep.json)"
