# Code for a CPU level that the machine lacks gives a message, never an illegal
# instruction. The mask takes features away: 0x1fff is a machine with AVX2 and
# no AVX-512, 0x1f one with SSE4.2 (the bits of runtime/src/abi.h).
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

for cpu in x86-64-v3 x86-64-v4; do
  systole compile "$models/mnist.onnx" --cpu=$cpu -o exe-$cpu
  systole compile "$models/mnist.onnx" --cpu=$cpu --emit=module -o module-$cpu
done
input=(--input "$models/digits.npy" --each)
export SYSTOLE_CPU_FEATURES_MASK=0x1fff
refused 1 'AVX-512.*--cpu=' ./exe-x86-64-v4 "${input[@]}"
refused 1 'AVX-512.*--cpu=' systole run module-x86-64-v4 "${input[@]}"
export SYSTOLE_CPU_FEATURES_MASK=0x1f
refused 1 'AVX.*--cpu=x86-64-v2' ./exe-x86-64-v3 "${input[@]}"
refused 1 'AVX.*--cpu=x86-64-v2' systole run module-x86-64-v3 "${input[@]}"
