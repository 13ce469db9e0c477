#!/usr/bin/env python3
"""Prints a module that holds systole_pkg.sv against the manual.

package_checks.py SOURCE_TREE

For every field of the tables of docs/hardware/isa.md: an instruction with ones
in its bits alone gives ones, one with zeros there alone gives zeros. The checks
are made when the module is elaborated; nothing is simulated.
"""

import re
import sys

SECTION = re.compile(r"^(?:### ([\w.]+)\n[^|#]*|([\w ]+):\n)\n((?:\|.*\n)+)", re.M)
FIELD = re.compile(r"^\| (\d+)(?::(\d+))? \| `(\w+)` \|", re.M)
# What stands below the lowest 32 bits.
HEADERS = {
    "Every instruction": "opcode",
    "Working instructions": "tokens",
    "Settings": "number",
}
WORK = re.compile(r'Work<\d+, "([\w.]+)", "\w*", (\w+),')


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def main():
    root = sys.argv[1]
    with open(f"{root}/docs/hardware/isa.md") as manual:
        text = manual.read()
    with open(f"{root}/hw-sim/isa/Isa.td") as table:
        layouts = dict(WORK.findall(table.read()))
    print("module package_checks;\n  import systole_pkg::*;")
    count = 0
    done = set()
    for name, header, rows in SECTION.findall(text):
        layout = HEADERS.get(header) or snake(layouts.get(name, name))
        # Choices have tables, too; layouts may be described twice.
        if not rows.startswith("| bits |") or layout in done:
            continue
        done.add(layout)
        fields = FIELD.findall(rows)
        for last, first, field in fields:
            first = int(first or last)
            last = int(last)
            ones = ((1 << (last - first + 1)) - 1) << first
            zeros = ones ^ ((1 << 128) - 1)
            for kind, word, bit in (("Ones", ones, 1), ("Zeros", zeros, 0)):
                at = f"{kind}{count}"
                print(f"  localparam {layout}_t {at} = get_{layout}(128'h{word:032x});")
                print(f"  if ({at}.{field} != {{{last - first + 1}{{1'b{bit}}}}})")
                print(f'    $error("{layout}.{field} is not at {last}:{first}");')
            count += 1
    print(f"  // {count} fields\nendmodule")


if __name__ == "__main__":
    main()
