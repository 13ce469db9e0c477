# page.py FILE NODE...: checks the structure of an --explain page.
import re
import sys
import xml.etree.ElementTree as tree

path, nodes = sys.argv[1], sys.argv[2:]
with open(path, encoding="utf-8") as file:
    text = file.read()
assert text.startswith("<!DOCTYPE html>"), "no HTML"
page = tree.fromstring(text)
svg = "{http://www.w3.org/2000/svg}"

# Each node of the model is a row of the table, with what became of it.
rows = {row[0].text: row for row in page.iter("tr") if row[0].tag == "td"}
for node in nodes:
    assert node in rows, f"node {node!r} is in no row: {sorted(rows)}"
for name, row in rows.items():
    assert len(row) == 4 and row[2].text, f"what became of {name!r}?"

# Each kernel is drawn, with all that its colour may show, and named: what is
# left of a node is in the title of a box.
(drawing,) = page.iter(svg + "svg")
boxes = [group for group in drawing if group.get("class") == "box"]
assert boxes, "no boxes"
titles = [box.find(svg + "title").text.split("\n")[0].split(" + ") for box in boxes]
drawn = {name for names in titles for name in names}
for name, row in rows.items():
    gone = row[2].text.startswith("no operation is left")
    inside = name not in drawn and "loop" in drawn
    assert gone or inside or name in drawn, f"{name!r} is not drawn"
for box in boxes:
    for colour in ("data-device", "data-group", "data-cost"):
        assert re.fullmatch(r"#eee|hsl\(\d+,\d+%,\d+%\)", box.get(colour)), colour
assert {tag.get("value") for tag in page.iter("input")} == {"device", "group", "cost"}

# Nothing of it lies elsewhere, and no name became markup.
assert not re.search(r"https?:|url\(|@import", text.replace(svg[1:-1], ""))
for element in page.iter():
    tag = element.tag.replace(svg, "")
    assert tag not in ("link", "iframe", "object", "base", "a", "img"), tag
    for name in element.keys():
        assert name not in ("src", "href", "style") and not name.startswith("on"), name
assert len(list(page.iter("script"))) == 1
assert text.count("<script") == 1 and "wheel" in text
