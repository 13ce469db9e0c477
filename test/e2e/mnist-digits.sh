# The ten digits that the repository ships, through an executable, through a
# module and through the interpreter: all right, and all alike.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

systole compile "$models/mnist.onnx" -o mnist
systole compile "$models/mnist.onnx" --emit=module -o mnist.module
./mnist --input "$models/digits.npy" --each --output-dir exe
systole run mnist.module --input "$models/digits.npy" --each --output-dir module
systole run "$models/mnist.onnx" --device=interpreter \
  --input Input3="$models/digits.npy" --each --output-dir interpreter

for way in exe module interpreter; do
  output=$way/Plus214_Output_0.npy
  tensors predictions "$output" "$models/digits-labels.npy" >"$way.txt"
  grep -qx '10 of 10' "$way.txt" || fail "$way: $(cat "$way.txt") digits right"
  at_most "$(tensors difference "$output" interpreter/Plus214_Output_0.npy)" \
    1e-5 "$way against the interpreter"
done

# --compare says the same, and fails where it should.
systole run "$models/mnist.onnx" --input "$models/digits.npy" --each \
  --compare interpreter --atol 0.1
refused 1 'expected .*found' systole run "$models/mnist.onnx" \
  --input "$models/digits.npy" --each --compare 0="$models/digits-labels.npy"
