# trace.py FILE RUNS NODE...: checks the structure of a --profile trace.
import json
import sys

path, runs, wanted = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
with open(path, encoding="utf-8") as file:
    trace = json.load(file)
events = trace["traceEvents"]
for event in events:
    assert event["ph"] == "X" and event["name"] and event["cat"], event
    assert event["ts"] >= 0 and event["dur"] >= 0, event
    assert isinstance(event["pid"], int) and isinstance(event["tid"], int), event
whole = [event for event in events if event["name"] == "run"]
assert len(whole) == runs, f"{len(whole)} runs"
nodes = [event for event in events if event["name"] != "run"]
named = {name for event in nodes for name in event["args"]["nodes"]}
for name in wanted:
    assert name in named, f"{name!r} is not among {sorted(named)}"


# Each lies within a run, after the one before it; together they take no longer
# than the run. A clock's readings may be rounded by a nanosecond.
def end(event):
    return event["ts"] + event["dur"] + 0.002


for run in whole:
    inside = [e for e in nodes if run["ts"] <= e["ts"] and end(e) <= end(run) + 0.002]
    assert len(inside) == len(nodes) // runs, "an event is outside of its run"
    assert sum(event["dur"] for event in inside) <= run["dur"] + 0.002 * len(inside)
    for before, after in zip(inside, inside[1:]):
        assert end(before) >= before["ts"] and after["ts"] + 0.002 >= before["ts"]
