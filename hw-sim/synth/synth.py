#!/usr/bin/env python3
# Part of the Systole project, under the Apache License v2.0 with LLVM
# exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Gates and longest path of each RTL module, by Yosys (pyosys of PyPI).

Usage: synth.py RTL PARAMETERS.sv SYSTOLE_PKG.sv [--most=CELLS] [MODULE...]

PARAMETERS.sv is what `systole-rtl package` prints for a machine. Every module
is synthesised to simple gates by itself, its instances as boxes; `mem_1r1w`,
the memories, stays a box. The longest path is that of `ltp` between registers,
ports and boxes. Status 1 if one is longer than CELLS.
"""

import contextlib
import os
import re
import sys
import tempfile

from pyosys import libyosys as yosys

# In the order in which they need each other.
PACKAGES = ("machine_pkg", "mxu_pkg", "picture_pkg", "float_pkg", "vector_pkg",
            "extent_pkg", "depthwise_pkg")
MEMORY = "mem_1r1w"


@contextlib.contextmanager
def quiet(log):
    """Yosys and slang write to the terminal themselves."""
    kept = os.dup(1), os.dup(2)
    with open(log, "w") as file:
        sys.stdout.flush()
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)


def sources(rtl, first):
    """All files, packages before modules."""
    files = list(first) + [f"{rtl}/{name}.sv" for name in PACKAGES]
    return files + [f"{rtl}/{name}" for name in sorted(os.listdir(rtl))
                    if name.endswith(".sv") and name[:-3] not in PACKAGES]


def base(name):
    """`fifo` of the instance `\\fifo$mxu.u_ld_queue`."""
    return re.sub(r"[$].*", "", name.lstrip("\\"))


def synthesise(files, only, folder):
    """Text of `stat` and of `ltp` for one instance of each module."""
    design = yosys.Design()
    run = lambda command: yosys.run_pass(command, design)
    run("read_slang --top mxu --keep-hierarchy --ignore-assertions "
        "--allow-use-before-declare " + " ".join(files))
    run("hierarchy -top mxu")
    chosen = {}
    for name in sorted((str(module.name.str()) for module in
                        design.all_selected_modules()), key=len):
        chosen.setdefault(base(name), name)
    kept = [name for module, name in chosen.items()
            if module != MEMORY and (not only or module in only)]
    for module in list(design.all_selected_modules()):
        name = str(module.name.str())
        if name not in kept:
            run(f"blackbox {name}")
    # Without a top, which would take away what it does not reach.
    run("setattr -mod -unset top *")
    run("synth -run coarse:check -noshare -noabc")
    run("abc -g simple")
    run("opt_clean")
    texts = {}
    for name in kept:
        for command in ("stat", "ltp -noff"):
            if command != "stat":  # To ltp a box is a gate: paths end there.
                run(f"delete {name}/t:* {name}/t:$* %d")
            out = f"{folder}/out.txt"
            run(f"tee -q -o {out} {command} {name}")
            texts[base(name), command] = open(out).read()
    return texts


def main():
    arguments = sys.argv[1:]
    most = None
    for argument in list(arguments):
        if argument.startswith("--most="):
            most = int(argument[len("--most="):])
            arguments.remove(argument)
    if len(arguments) < 3:
        sys.exit(__doc__)
    rtl, *first = arguments[:3]
    with tempfile.TemporaryDirectory() as folder:
        log = f"{folder}/log.txt"
        try:
            with quiet(log):
                texts = synthesise(sources(rtl, first), arguments[3:], folder)
        except Exception as error:  # Yosys says why in its log.
            sys.exit(open(log).read()[-2000:] + f"\n{error}")
    longest = 0
    print("| module | gates | flip-flops | longest path |\n|---|---|---|---|")
    for module in sorted({name for name, _ in texts}):
        stat, ltp = texts[module, "stat"], texts[module, "ltp -noff"]
        cells = re.findall(r"^\s+(\d+)\s+(?:[\d.e+-]+\s+)?(\$_\w+_)\s*$", stat,
                           re.M)
        cells += [(n, c) for c, n in re.findall(r"^\s+(\$_\w+_)\s+(\d+)\s*$",
                                                stat, re.M)]
        flops = sum(int(n) for n, cell in cells if "DFF" in cell)
        gates = sum(int(n) for n, cell in cells) - flops
        path = re.search(r"length=(\d+)", ltp)
        length = int(path.group(1)) if path else 0
        longest = max(longest, length)
        print(f"| `{module}` | {gates} | {flops} | {length} |")
    if most is not None and longest > most:
        sys.exit(f"error: the longest path has {longest} cells, more than {most}")


main()
