# A disk that fills up while the output is written: a message that names the
# file, status 1, and nothing left behind.
# REQUIRES: mounts
# RUN: unshare -m bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

mkdir small
"$SYSTOLE_PYTHON" -c 'import sys; sys.path.insert(0, sys.argv[1]); import tensors
tensors.save("many.npy", (1000, 1, 1, 28, 28), [0.5] * 784000)' "$SYSTOLE_SOURCE/test/e2e"
mount -t tmpfs -o size=8k tmpfs small
for emit in exe obj module mlir; do
  refused 1 'small/out|space' systole compile "$models/mnist.onnx" --no-cache \
    --emit=$emit -o small/out
  [[ -z $(ls -A small) ]] || fail "$emit leaves: $(ls small)"
done
mkdir small/room
refused 1 'small|space' systole run "$models/mnist.onnx" --no-cache --each \
  --input "$work/many.npy" --output-dir small/room
refused 1 'nowhere' systole compile "$models/mnist.onnx" -o nowhere/out

# A device is written to, never replaced; this one is our own, and always full.
mknod full c 1 7
for emit in exe module mlir asm; do
  refused 1 'space' systole compile "$models/mnist.onnx" --no-cache --emit=$emit -o full
  [[ -c full ]] || fail "--emit=$emit replaced a device by a file"
done
