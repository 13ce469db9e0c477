# Wrong usage is status 2 and says what is right; every verb has a help text
# with an example; wrong inputs show what was expected and what was found.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

for verb in compile run inspect; do
  systole $verb --help >help.txt
  grep -qi 'example' help.txt || fail "$verb --help has no example"
  grep -q "systole $verb" help.txt || fail "$verb --help shows no usage"
  refused 2 'model|usage|help' systole $verb
  refused 2 'no-such-option' systole $verb --no-such-option "$models/mnist.onnx"
done
systole --help >help.txt
systole --version >version.txt
grep -Eq '[0-9]+\.[0-9]+\.[0-9]+' version.txt || fail "$(cat version.txt)"
refused 2 'frobnicate' systole frobnicate
refused 2 '.' systole
refused 2 'emit' systole compile "$models/mnist.onnx" -o out --emit=nonsense
refused 2 'cpu' systole compile "$models/mnist.onnx" -o out --cpu=nonsense

run=(systole run "$models/mnist.onnx")
refused 1 'Input3' "${run[@]}"
refused 1 'nowhere.npy' "${run[@]}" --input nowhere.npy
refused 1 'shape|1x1x28x28|\[1, ?1, ?28, ?28\]' "${run[@]}" --input "$models/digits.npy"
refused 1 'type|f32|float' "${run[@]}" --input "$models/digits-labels.npy"
refused 1 'nothing' "${run[@]}" --input nothing="$models/digits.npy"
head -c 1000 "$models/digits.npy" >cut.npy
refused 1 'cut.npy' "${run[@]}" --each --input cut.npy
head -c 9 "$models/digits.npy" >tiny.npy
refused 1 'tiny.npy' "${run[@]}" --each --input tiny.npy

# The executable has the same manners.
systole compile "$models/mnist.onnx" -o mnist
./mnist --help >help.txt
./mnist --info >info.txt
./mnist --selftest
refused 2 'no-such-option' ./mnist --no-such-option
refused 1 'nowhere.npy' ./mnist --input nowhere.npy
refused 1 '28' ./mnist --input "$models/digits-labels.npy"
refused 1 'cut.npy' ./mnist --each --input cut.npy
