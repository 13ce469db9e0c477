#!/usr/bin/env bash
# From a bare Debian 12 machine to a neural network as one small program:
# installs the packages, builds, compiles test/models/mnist.onnx to a standalone
# executable and lets it read ten handwritten digits.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# Prints the values of a little-endian .npy file, one a line. TYPE is od's.
npy_values() {
  local file=$1 type=$2 header
  header=$(od -An -tu2 -j8 -N2 "$file")
  od -An -v -w"${type:1}" -t"$type" -j$((header + 10)) "$file"
}

echo "== Installing what is missing, building (minutes, the first time)"
./tools/scripts/setup.sh
./tools/scripts/build.sh release systole

work=build/demo
rm -rf "$work"
mkdir -p "$work"
model=test/models/mnist.onnx

echo
echo "== $model: what is in it"
build/bin/systole inspect "$model"

echo
echo "== Compiling it to a standalone executable: $work/mnist"
build/bin/systole compile "$model" -o "$work/mnist"

echo
echo "== Reading the ten digits of test/models/digits.npy"
"$work/mnist" --input test/models/digits.npy --each --output-dir "$work/out"
paste -d ' ' <(npy_values test/models/digits-labels.npy d8) \
  <(npy_values "$work"/out/Plus214_Output_0.npy f4 |
    awk '{ if (NR % 10 == 1 || $1 > best) { best = $1; digit = (NR - 1) % 10 }
           if (NR % 10 == 0) print digit }') |
  awk '{ mark = $1 == $2 ? "" : "   <- wrong"; hits += $1 == $2
         printf "   label %d   predicted %d%s\n", $1, $2, mark }
       END { print "   " hits " of " NR " right"; exit hits < NR - 1 }'

echo
echo "== How big and how fast"
echo "   $(stat -c %s "$work/mnist") bytes, weights included; libraries needed: none"
"$work/mnist" --bench

cat <<END

== What to type next
   $work/mnist --help
   build/bin/systole compile YOUR.onnx -o your-program     your own network
   build/bin/systole run YOUR.onnx --input X.npy           run it without a program
   build/bin/systole --help                                everything else
   docs/tutorials/first-model.md                           the same, explained
END
