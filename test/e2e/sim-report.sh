# What `systole sim` tells about time: JSON that sums up exactly, a page that is
# one well-formed file, a timeline, a table of instructions; on the cycle engine.
# RUN: bash %s %t
source "$(dirname "$0")/lib.sh" "$1"

inputs=$SYSTOLE_SOURCE/test/hw-sim/Inputs
systole-dv kernel --machine="$inputs/odd-4.yaml" conv --height=6 --width=6 \
  --channels=8 --columns=8 --kernel=3x3 --pad=1x1x1x1 --output=conv.img >plan.txt
"$SYSTOLE_PYTHON" - "$SYSTOLE_SOURCE/test/e2e" <<'END'
import sys
sys.path.insert(0, sys.argv[1])
import tensors
tensors.save("x.npy", (6, 6, 8), [i * 37 % 255 - 127 for i in range(288)], "|i1")
END
sim() {
  systole sim conv.img --machine="$inputs/odd-4.yaml" --input x.npy \
    --output-dir out "$@"
}
sim --engine=cycle --report=json -o report.json --trace=trace.json --times=times.csv
sim --engine=cycle --report=html -o report.html
sim --engine=cycle --no-skip --times=slow.csv >text.txt
sim --engine=cycle --times=late.csv --what-if dram.read_latency=400 >late.txt
cmp times.csv slow.csv || fail "skipping changes times"
! cmp -s times.csv late.csv || fail "latency changes nothing"
grep -q '^causes .*busy' text.txt || fail "no causes in $(cat text.txt)"
grep -q 'product (Conv)$' text.txt || fail "no node in $(cat text.txt)"

"$SYSTOLE_PYTHON" - <<'END'
import csv
import json
import xml.etree.ElementTree as tree

r = json.load(open("report.json"))
assert r["engine"] == "cycle" and r["macs"] == 6 * 6 * 8 * 8 * 9, r
assert sum(r["causes"].values()) == r["cycles"], r
assert list(r["causes"]) == [
    "busy", "weights", "bank_conflict", "wait_vx", "wait_dw", "wait_st",
    "dram_bandwidth", "dram_latency", "wait_ld", "config", "fetch", "drain", "idle"]
assert sum(r["slots"].values()) == r["causes"]["busy"] * r["rows"] * r["columns"], r
assert abs(r["mac_utilisation"] - r["macs"] / (16 * r["cycles"])) < 1e-9, r
assert 0 < r["dram"]["utilisation"] < 1, r
for key in ("cycles", "macs"):
    assert sum(layer[key] for layer in r["layers"]) == r[key], r
for layer in r["layers"]:
    assert sum(layer["causes"].values()) == layer["cycles"], layer
    assert sum(layer["slots"].values()) == 16 * layer["causes"]["busy"], layer
for part in ("causes", "slots"):
    for name, value in r[part].items():
        assert sum(layer[part][name] for layer in r["layers"]) == value, (part, name)
assert [layer["op"] for layer in r["layers"]] == ["Conv"], r

times = list(csv.DictReader(open("times.csv")))
indices = [int(row["instruction"]) for row in times]
assert indices == sorted(set(indices)), indices
assert all(int(row["start"]) < int(row["retire"]) <= r["cycles"] for row in times)

events = json.load(open("trace.json"))["traceEvents"]
work = [e for e in events if e["ph"] == "X" and e["cat"] != "wait"]
assert sorted((e["args"]["instruction"], e["ts"], e["ts"] + e["dur"]) for e in work) == [
    (int(row["instruction"]), int(row["start"]), int(row["retire"])) for row in times]
assert {e["args"]["op"] for e in work} == {"Conv"}
waits = [e for e in events if e.get("cat") == "wait"]
starts = {int(row["instruction"]): int(row["start"]) for row in times}
retires = {int(row["instruction"]): int(row["retire"]) for row in times}
assert waits
for wait in waits:
    assert wait["ts"] + wait["dur"] == starts[wait["args"]["instruction"]], wait
    assert retires[wait["args"]["signalled_by"]] <= wait["ts"] + wait["dur"], wait
# What shares a lane does not overlap.
lanes = {}
for e in sorted((e for e in events if e["ph"] == "X"), key=lambda e: e["ts"]):
    assert e["ts"] >= lanes.get(e["tid"], 0), e
    lanes[e["tid"]] = e["ts"] + e["dur"]

page = open("report.html").read()
tree.fromstring(page.split("\n", 1)[1])
for word in ("Roofline", "Timeline", "Causes", "Slots", "traffic"):
    assert word in page, word
assert "<script" not in page and "href" not in page and "src=" not in page
END
