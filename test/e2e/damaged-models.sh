# Flipped bits and cut ends, 200 of them from a fixed seed: each gives a result
# or a message, never a crash or a hang, and never half an output file.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

mkdir flips
"$SYSTOLE_PYTHON" "$SYSTOLE_SOURCE/test/e2e/onnx_files.py" flips flips \
  "$models/mnist.onnx" 200
errors=0
for file in flips/*.onnx; do
  status=0
  timeout 60 systole inspect "$file" >stdout.txt 2>stderr.txt || status=$?
  case $status in
    0) ;;
    1)
      grep -q 'error:' stderr.txt || fail "$file: no message"
      errors=$((errors + 1))
      ;;
    *) fail "$file: inspect ends with $status: $(head -c 600 stderr.txt)" ;;
  esac
done
((errors > 50)) || fail "only $errors of 200 damaged files were refused"

# Each tenth through the whole compiler.
for file in flips/*0.onnx; do
  status=0
  timeout 120 systole compile "$file" --no-cache -o out >stdout.txt 2>stderr.txt || status=$?
  ((status <= 1)) || fail "$file: compile ends with $status: $(head -c 600 stderr.txt)"
  if ((status == 1)); then
    [[ ! -e out ]] || fail "$file: a partial output file is left"
  fi
  rm -f out
done
