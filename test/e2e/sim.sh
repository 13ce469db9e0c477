# What a person does with `systole sim`: an image on files, its report, and
# everything that can be wrong with a program, an image or a machine.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

machines=$SYSTOLE_SOURCE/hw-sim/configs

# y = (A B) / 2 for A 2 x 8 in int8, B 8 x 8; both are inputs.
cat >product.s <<'END'
; the operands
ld target=0 length=16 linear signal0=0
ld to=weights offset=64 length=64 linear signal1=1
set.mm.pitch x=1
mm width=2 wait0=0 wait1=1 signal0=2
set.vx.pitch x=1
set.vx.target x=1
set.vx.stages combine=scale
set.vx.result rounding=single multiplier=1 shift=1 low=-128 high=127
vx width=2 target=100 wait0=2 signal0=3
st source=100 length=16 offset=512 linear wait0=3
END
tables=(input a int8 2x8 0 input 'b/w' int8 8x8 64 output y int8 2x8 512
  node load 0 node conv1 2 node out 9)
systole-make-image product.s "$machines/mxu-8.yaml" product.img "${tables[@]}"

"$SYSTOLE_PYTHON" - "$SYSTOLE_SOURCE/test/e2e" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import tensors
a = [(5 * i) % 17 - 8 for i in range(16)]
b = [(7 * i) % 23 - 11 for i in range(64)]
y = [max(-128, min(127, sum(a[8 * m + k] * b[8 * k + n] for k in range(8)) + 1 >> 1))
     for m in range(2) for n in range(8)]
tensors.save("a.npy", (2, 8), a, "|i1")
tensors.save("b.npy", (8, 8), b, "|i1")
tensors.save("expected.npy", (2, 8), y, "|i1")
END

# same A B: two .npy files hold the same shape and values.
same() {
  "$SYSTOLE_PYTHON" -c '
import sys
sys.path.insert(0, sys.argv[1])
from tensors import load
sys.exit(load(sys.argv[2]) != load(sys.argv[3]))' \
    "$SYSTOLE_SOURCE/test/e2e" "$1" "$2"
}

systole sim product.img --input a=a.npy --input 1=b.npy --output-dir out \
  --poison --report=json -o report.json
same out/y.npy expected.npy || fail "the product is wrong"
"$SYSTOLE_PYTHON" - <<'END'
import json
r = json.load(open("report.json"))
assert r["machine"] == "mxu-8" and r["engine"] == "functional", r
assert (r["rows"], r["columns"]) == (8, 8), r
assert r["macs"] == 2 * 8 * 8 and r["instructions"] == 10, r
# Ten instructions of 16 bytes, two operands.
assert r["dram"]["bytes_read"] == 160 + 16 + 64, r
assert r["dram"]["bytes_written"] == 16, r
assert [l["name"] for l in r["layers"]] == ["load", "conv1", "out"], r
assert [l["macs"] for l in r["layers"]] == [0, 128, 0], r
assert r["cycles"] is None and r["host_ops"] == [], r
for key in ("mac_utilisation", "array_utilisation", "causes", "slots", "seconds",
            "cycles_per_second"):
    assert key in r, key
END
systole sim product.img --input a=a.npy --input b/w=b.npy >text.txt
grep -q '^y: int8 \[2,8\]' text.txt || fail "no output in $(cat text.txt)"
grep -q 'conv1' text.txt || fail "no node in $(cat text.txt)"

# Inputs are checked as those of run are.
refused 1 "input 'b/w'" systole sim product.img --input a=a.npy
refused 1 'expected int8 .8,8.' systole sim product.img --input a=a.npy --input b/w=a.npy

# The image's own machine is the default; another of other sizes is refused, and
# each reason is named; one that differs in times only is not.
refused 1 'array' systole sim product.img --machine=mxu-16 --input a=a.npy \
  --input b/w=b.npy
sed 's/name: .*/name: slow/; s/read_latency: .*/read_latency: 400/' \
  "$machines/mxu-8.yaml" >slow.yaml
systole sim product.img --machine=slow.yaml --input a=a.npy --input b/w=b.npy \
  --output-dir out2
same out2/y.npy expected.npy || fail "latency changes results"
systole-make-image product.s slow.yaml slow.img "${tables[@]}"
refused 1 "made for machine 'slow'" systole sim slow.img
refused 1 "no machine 'mxu-9'" systole sim product.img --machine=mxu-9
sed 's/array: 8/array: 9/' "$machines/mxu-8.yaml" >odd.yaml
refused 1 'odd.yaml:[0-9]+: error: .*array' systole sim product.img \
  --machine=odd.yaml

# Reads of what nobody wrote show under --poison only.
printf 'ld target=3 length=1 linear\nst source=3 length=8 offset=8 linear\n' \
  >unwritten.s
systole-make-image unwritten.s "$machines/mxu-8.yaml" unwritten.img \
  output bytes uint8 8 8
systole sim unwritten.img >text.txt
refused 1 "output 'bytes' depends on memory that nothing has written" \
  systole sim unwritten.img --poison

# Faults name instruction and node.
printf 'sync engine=mm\nset.vx.pitch x=1\nvx wait0=5\n' >wait.s
systole-make-image wait.s "$machines/mxu-8.yaml" wait.img node pool 1
refused 1 "fault 'semaphore' at instruction 2, node 'pool': vx: waits" \
  systole sim wait.img
grep -q 'note: the instruction is: vx wait0=5' stderr.txt ||
  fail "the instruction is not shown"

# Assembler text needs a machine; its mistakes have lines, all of them.
systole sim product.s --machine=mxu-8 --report=json | grep -q '"macs": 128' ||
  fail "assembler text does not run"
refused 1 'name the machine' systole sim product.s
printf 'mm width=0\n\nmn\nvx width=0\n' >bad.s
refused 1 'line 1: .*width' systole sim bad.s --machine=mxu-8
grep -q "line 3: no instruction is called 'mn'" stderr.txt || fail "line 3"
grep -q 'line 4:' stderr.txt || fail "line 4"

# Bytes of the header flipped (all of them: ImageTest), and the file cut.
"$SYSTOLE_PYTHON" - <<'END'
image = open("product.img", "rb").read()
for i in range(0, 48 + 6 * 16, 13):
    open(f"flip-{i}.img", "wb").write(
        image[:i] + bytes([image[i] ^ 0x41]) + image[i + 1 :])
for i in range(0, len(image), 150):
    open(f"cut-{i}.img", "wb").write(image[:i])
END
for file in flip-*.img cut-*.img; do
  refused 1 'error: ' systole sim "$file" --input a=a.npy --input b/w=b.npy
done

# Wrong usage is status 2: what an engine without a clock cannot tell, and
# options that mean nothing.
for option in --report=html --trace=t.json --times=t.csv; do
  refused 2 'needs an engine with a clock' systole sim product.img "$option"
done
refused 2 'needs an engine with signals' systole sim product.img --wave=w.fst
refused 2 'belongs to --wave' systole sim product.img --wave-cycles=1:2
refused 2 'wants two cycles' systole sim product.img --wave=w.fst --wave-cycles=2:1

# A machine with other numbers: times may change, what images need may not.
systole sim product.img --input a=a.npy --input b/w=b.npy --what-if dram.width=16 \
  --what-if dram.read_latency=7 >text.txt
grep -q 'DRAM 16 bytes a cycle, latency 7$' text.txt || fail "no other machine"
refused 1 'there is no key .dram.depth.' systole sim product.img \
  --what-if dram.depth=3 --what-if dram.width=5
grep -q 'dram.width is .5., but must be' stderr.txt || fail "the second mistake"
refused 1 'with these changes: ' systole sim product.img --what-if dram.width=128 \
  --what-if dram.row_bytes=64
refused 1 'cannot run this program: .*array' systole sim product.img --what-if array=12
refused 2 'quick' systole sim product.img --engine=quick
refused 1 'neither' systole sim "$models/mnist.onnx"
refused 1 'no-such-file' systole sim no-such-file.img
refused 1 'cannot write' systole sim product.img --input a=a.npy \
  --input b/w=b.npy -o /no/such/folder/report.json
