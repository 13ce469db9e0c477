#!/usr/bin/env python3
"""Draws SVG files from text drawings.

draw.py DRAWING.txt...           writes DRAWING.svg beside each
draw.py --check DRAWING.txt...   fails if one is missing or out of date

In a drawing `-` and `|` are lines, `+` joins them, `<`, `>`, `^` and `v` at the
end of a line are its arrowhead, everything else is text. A line of its own
touches a neighbour that continues it; a `-` between spaces stays text.
"""

import html
import pathlib
import sys

# Pixels of a character cell, and of the font in it.
WIDTH, HEIGHT, FONT = 8, 16, 13
STYLE = (
    "text{font:%dpx monospace;fill:#222}path{stroke:#335;stroke-width:1.3;fill:none}"
    "polygon{fill:#335}" % FONT
)
# What continues a line to the left or right, and up or down.
ACROSS, DOWN = set("-+<>"), set("|+^v")
HEADS = {
    "<": [(0, 0.5), (1, 0.2), (1, 0.8)],
    ">": [(1, 0.5), (0, 0.2), (0, 0.8)],
    "^": [(0.5, 0), (0, 0.6), (1, 0.6)],
    "v": [(0.5, 1), (0, 0.4), (1, 0.4)],
}


class Drawing:
    """The characters of a text, and which of them are lines."""

    def __init__(self, text):
        self.rows = text.rstrip("\n").split("\n")
        self.width = max(map(len, self.rows))

    def at(self, x, y):
        inside = 0 <= y < len(self.rows) and 0 <= x < len(self.rows[y])
        return self.rows[y][x] if inside else " "

    def arms(self, x, y):
        """The directions in which the character at a place is a line."""
        char = self.at(x, y)
        left, right = self.at(x - 1, y), self.at(x + 1, y)
        up, down = self.at(x, y - 1), self.at(x, y + 1)
        if char == "-" and (left in ACROSS or right in ACROSS):
            return "lr"
        if char == "|" and (up in DOWN or down in DOWN):
            return "ud"
        if char == "+":
            return "".join(
                arm
                for arm, other, lines in (
                    ("l", left, ACROSS),
                    ("r", right, ACROSS),
                    ("u", up, DOWN),
                    ("d", down, DOWN),
                )
                if other in lines
            )
        if char == "<" and right == "-":
            return "<"
        if char == ">" and left == "-":
            return ">"
        if char == "^" and down in "|+":
            return "^"
        if char == "v" and up in "|+":
            return "v"
        return ""


def strokes(drawing, x, y, arms):
    """The path of a cell's lines, or its arrowhead."""
    if arms in HEADS:
        points = " ".join(
            f"{(x + a) * WIDTH:g},{(y + b) * HEIGHT:g}" for a, b in HEADS[arms]
        )
        return f'<polygon points="{points}"/>'
    middle = f"M{(x + 0.5) * WIDTH:g} {(y + 0.5) * HEIGHT:g}"
    ends = {
        "l": f"H{x * WIDTH:g}",
        "r": f"H{(x + 1) * WIDTH:g}",
        "u": f"V{y * HEIGHT:g}",
        "d": f"V{(y + 1) * HEIGHT:g}",
    }
    return f'<path d="{"".join(middle + ends[arm] for arm in arms)}"/>'


def texts(drawing, y):
    """Runs of characters of a row that are no lines, with where they begin."""
    run, begin = "", 0
    for x in range(len(drawing.rows[y]) + 2):
        char = drawing.at(x, y)
        is_text = char != " " and not drawing.arms(x, y)
        # Single spaces belong to a run; two end it.
        if is_text:
            begin = begin if run else x
            run += char
        elif run and char == " " and drawing.at(x + 1, y) != " " and not drawing.arms(x + 1, y):
            run += char
        elif run:
            yield begin, run
            run = ""


def svg(text):
    drawing = Drawing(text)
    # One cell more: fonts differ in width.
    width, height = (drawing.width + 1) * WIDTH, len(drawing.rows) * HEIGHT
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">',
        f"<style>{STYLE}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
    ]
    for y in range(len(drawing.rows)):
        for x in range(drawing.width):
            arms = drawing.arms(x, y)
            if arms:
                lines.append(strokes(drawing, x, y, arms))
        for x, run in texts(drawing, y):
            lines.append(
                f'<text x="{x * WIDTH}" y="{y * HEIGHT + 12}" '
                f'textLength="{len(run) * WIDTH}">{html.escape(run)}</text>'
            )
    return "\n".join(lines + ["</svg>"]) + "\n"


def main():
    arguments = sys.argv[1:]
    check = arguments[:1] == ["--check"]
    paths = [pathlib.Path(path) for path in arguments[check:]]
    if not paths:
        sys.exit(__doc__)
    status = 0
    for path in paths:
        target = path.with_suffix(".svg")
        drawn = svg(path.read_text())
        if not check:
            target.write_text(drawn)
        elif not target.exists() or target.read_text() != drawn:
            print(f"{target}: error: not what {path.name} says", file=sys.stderr)
            print("  help: ./tools/scripts/draw.py docs/hardware/drawings/*.txt", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
