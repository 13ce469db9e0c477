# A reference kernel from the command line to numbers: an image, run on files,
# against plain loops.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

systole-dv kernel --machine="$SYSTOLE_SOURCE/hw-sim/configs/mxu-16.yaml" \
  maxpool --height=9 --width=8 --channels=20 --kernel=3x2 --stride=2x1 \
  --pad=1x0x1x1 --unsigned --output=pool.img
"$SYSTOLE_PYTHON" - "$SYSTOLE_SOURCE/test/e2e" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import tensors
x = [(i * i * 37 + i // 7) % 256 for i in range(9 * 8 * 20)]
at = lambda y, x_, c: x[(y * 8 + x_) * 20 + c]
y = [max(at(r, k, c) for r in range(2 * i - 1, 2 * i + 2) if 0 <= r < 9
         for k in range(j, j + 2) if k < 8)
     for i in range(5) for j in range(8) for c in range(20)]
tensors.save("x.npy", (9, 8, 20), x, "|u1")
tensors.save("expected.npy", (5, 8, 20), y, "|u1")
END
systole sim pool.img --input x.npy --poison --output-dir out --quiet
"$SYSTOLE_PYTHON" -c '
import sys
sys.path.insert(0, sys.argv[1])
from tensors import load
sys.exit(load("out/y.npy") != load("expected.npy"))' "$SYSTOLE_SOURCE/test/e2e" ||
  fail "the kernel's output is wrong"
