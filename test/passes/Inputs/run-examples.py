#!/usr/bin/env python3
"""Runs every pass of a generated document on its own example.

run-examples.py DOCUMENT

Each pass has a ```mlir block after "Before:" and one after "After:". The pass,
with default options, must turn the first into the second. Fails, and shows both,
if one does not, or if a pass has no example.
"""

import re
import subprocess
import sys

SECTION = re.compile(r"^### `-(?P<name>[\w-]+)`.*?(?=^### |\Z)", re.M | re.S)
BLOCK = re.compile(r"^(?P<title>Before|After):\s*^```mlir\n(?P<code>.*?)^```$", re.M | re.S)


def optimise(code, *flags):
    """The module that systole-opt prints."""
    result = subprocess.run(
        ["systole-opt", *flags], input=code, text=True, capture_output=True
    )
    if result.returncode:
        sys.exit(result.stderr)
    return result.stdout


def main():
    with open(sys.argv[1]) as document:
        text = document.read()
    failures = 0
    for section in SECTION.finditer(text):
        name = section["name"]
        blocks = {m["title"]: m["code"] for m in BLOCK.finditer(section.group(0))}
        if set(blocks) != {"Before", "After"}:
            print(f"{name}: no example")
            failures += 1
            continue
        actual = optimise(blocks["Before"], f"--{name}")
        expected = optimise(blocks["After"])
        # graph-save-ir prints the module itself, too.
        if actual != expected and not (name == "graph-save-ir" and expected in actual):
            print(f"{name}: expected\n{expected}\nbut got\n{actual}")
            failures += 1
        else:
            print(f"{name}: ok")
    return 1 if failures else 0


sys.exit(main())
