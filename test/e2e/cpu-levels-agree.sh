# Every level that this machine can run reads the digits alike.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

levels=(generic x86-64-v2)
grep -q ' avx2 ' /proc/cpuinfo && levels+=(x86-64-v3)
grep -q ' avx512bw ' /proc/cpuinfo && levels+=(x86-64-v4)
grep -q ' avx512_vnni ' /proc/cpuinfo && levels+=(x86-64-v4+avx512vnni)
for cpu in "${levels[@]}"; do
  systole compile "$models/mnist.onnx" --cpu="$cpu" -o "$cpu"
  "./$cpu" --input "$models/digits.npy" --each --output-dir "out-$cpu"
  at_most "$(tensors difference "out-$cpu/Plus214_Output_0.npy" \
    out-generic/Plus214_Output_0.npy)" 1e-5 "$cpu against generic"
done
