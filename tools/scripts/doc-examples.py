#!/usr/bin/env python3
"""Prints a module with the examples of a dialect's generated document.

doc-examples.py [--bare] DOCUMENT

Each ```mlir block becomes a function. Values that it uses and does not define
become arguments; their types are those that the operation using them states.
Declarations of variables are no functions: they stay as they are.
With --bare each is a text of its own, with a separator behind it. Fails if an operation of the document has no example.
"""

import re
import sys

# An operation: its name, what stands before the type, the operand types.
OPERATION = re.compile(
    r"(?:^|\s)(?P<name>[a-z]+\.\w+)(?P<operands>[^:]*?):\s*"
    r"(?:\((?P<list>[^()]*)\)|(?P<types>tensor<[^<>]*(?:<[^<>]*>)?[^<>]*>"
    r"(?:, tensor<[^<>]*>)*))"
)
SECTION = re.compile(r"^### `(?P<op>[\w.]+)`.*?(?=^### |^## |\Z)", re.M | re.S)
EXAMPLE = re.compile(r"^```mlir\n(?P<code>.*?)^```$", re.M | re.S)


def split_types(text):
    """Splits at commas that are outside of < >."""
    types, depth, start = [], 0, 0
    for at, char in enumerate(text + ","):
        depth += (char == "<") - (char == ">" and text[at - 1 : at] != "-")
        if char == "," and depth == 0:
            types.append(text[start:at].strip())
            start = at + 1
    return [t for t in types if t]


def free_values(code):
    """The values that an example uses without defining them, with their types."""
    defined = set(re.findall(r"(%\w+)(?:, %\w+)* =", code))
    for arguments in re.findall(r"do \(([^)]*)\)", code):
        defined.update(re.findall(r"%\w+", arguments))
    # Attribute dictionaries hold no values, but colons.
    plain = re.sub(r"\{[^{}%]*\}", "", code)
    free = {}
    for match in OPERATION.finditer(plain):
        # In `(%a = %x)` the operand is %x.
        names = re.findall(r"%\w+(?! =)\b", re.sub(r"%\w+ =", "", match["operands"]))
        types = split_types(match["list"] if match["list"] is not None else match["types"])
        for name, type_ in zip(names, types):
            if name not in defined:
                free.setdefault(name, type_)
    return free


def main():
    bare = sys.argv[1] == "--bare"
    path = sys.argv[-1]
    with open(path) as document:
        text = document.read()
    status = 0
    for section in SECTION.finditer(text):
        op = section["op"]
        examples = EXAMPLE.findall(section.group(0))
        if "Syntax:" in section.group(0) and (bare or op.count(".") == 1) and not examples:
            print(f"{path}: error: {op} has no example", file=sys.stderr)
            status = 1
        for number, code in enumerate(examples):
            if bare:
                print(code + "// -----")
                continue
            if re.search(r"^graph\.variable ", code, re.M):
                # Declarations, which other examples use.
                print(code)
                continue
            arguments = ", ".join(f"{n}: {t}" for n, t in free_values(code).items())
            print(f"func.func @{op.replace('.', '_')}_{number}({arguments}) {{")
            print("  " + code.strip().replace("\n", "\n  ") + "\n  return\n}")
    return status


if __name__ == "__main__":
    sys.exit(main())
