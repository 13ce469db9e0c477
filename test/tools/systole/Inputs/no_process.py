# no_process.py WORDS...: fails if a process of just these words runs.
import pathlib
import sys

for process in pathlib.Path("/proc").glob("[0-9]*"):
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")[:-1]
    except OSError:
        continue  # It has ended.
    if words == [word.encode() for word in sys.argv[1:]]:
        sys.exit(f"process {process.name} is still there")
