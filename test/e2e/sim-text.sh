# Programs as text of the isa dialect, and as the image of that text, compute
# what plain loops compute.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

inputs=$SYSTOLE_SOURCE/test/hw-sim/Inputs
"$SYSTOLE_PYTHON" - "$SYSTOLE_SOURCE/test/e2e" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import tensors

def clamp(v):
    return max(-128, min(127, v))

# copy and matmul: y = x, y = 2 x + 10.
x = [(37 * i) % 256 - 128 for i in range(256)]
tensors.save("x.npy", (16, 16), x, "|i1")
tensors.save("copy.npy", (16, 16), x, "|i1")
tensors.save("matmul.npy", (16, 16), [clamp(2 * v + 10) for v in x], "|i1")

# engines: two 3 x 3 convolutions with weights of 1, each divided by 8 in
# TFLite's two roundings; then the largest of each row of v v^T.
def eighth(v):
    half = (v + 1) // 2 if v >= 0 else -(-v // 2)
    mask = half & 3
    return clamp((half >> 2) + (mask > 1 + (half < 0)))

p = [(29 * i) % 256 - 128 for i in range(8 * 8 * 3)]
first = [[eighth(sum(p[(y + dy) * 24 + (x + dx) * 3 + c]
                     for dy in range(3) for dx in range(3) for c in range(3)))
          for x in range(6)] for y in range(6)]
v = [eighth(sum(first[y + dy][x + dx] for dy in range(3) for dx in range(3)))
     for y in range(4) for x in range(4)]
maxima = []
for a in v:
    word = max(16 * a * b for b in v).to_bytes(4, "little", signed=True) + bytes(12)
    maxima += [b - 256 if b > 127 else b for b in word]
tensors.save("picture.npy", (8, 8, 3), p, "|i1")
tensors.save("engines.npy", (16, 16), maxima, "|i1")
END

# check NAME INPUT: the text and its image give what was computed above.
check() {
  systole compile "$inputs/$1.mlir" --emit=image -o "$1.img"
  for program in "$inputs/$1.mlir" "$1.img"; do
    systole sim "$program" --poison --input "$2" --output-dir "out-$1"
    for output in "out-$1"/*.npy; do
      tensors same "$output" "$1.npy" || fail "$program"
    done
  done
}
check copy x.npy
check matmul x.npy
check engines picture.npy

# The machine: of the text, of the option, of nothing.
sed 's/ machine "mxu-16"//' "$inputs/copy.mlir" >nameless.mlir
refused 1 'does not say for which machine' systole sim nameless.mlir --input x.npy
systole sim nameless.mlir --machine=mxu-16 --input x.npy --output-dir nameless
tensors same nameless/y.npy copy.npy || fail "a program without a machine"

# Text that is no program, and operations of others.
printf 'isa.program @p {\n  %%0 = arith.constant 1 : i32\n}\n' >foreign.mlir
refused 1 'foreign.mlir: error: ' systole sim foreign.mlir
printf 'isa.program @p {\n  isa.ld(base = 9)\n}\n' >field.mlir
refused 1 "field 'base' is 9, not 0 to 7" systole sim field.mlir
