# manual.py DIR: checks systole.1 and systole-compile.1 against --help.
import os
import re
import shutil
import subprocess
import sys


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert not done.stderr, done.stderr
    return done.stdout


def plain(path):
    """The page as people see it; without groff its source, without macros."""
    if shutil.which("groff"):
        page = run("groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=200n", path)
    else:
        with open(path) as file:
            page = re.sub(r"(?m)^\.\w+ ?", "", file.read()).replace("\\-", "-")
    return " ".join(page.split())


page = plain(os.path.join(sys.argv[1], "systole-compile.1"))
help_text = run("systole", "compile", "--help")
options = re.findall(r"(?m)^  (-[-\w]+)", help_text)
assert len(options) > 10, options
for option in options:
    assert re.search(re.escape(option) + r"[\s=\[]", page), f"{option} is not there"
# Every word of the help, in its order, is on the page.
for line in help_text.splitlines():
    text = " ".join(line.split())
    if line.startswith(" " * 28):
        assert text in page, f"{text!r} is not there"
for section in ("NAME", "SYNOPSIS", "OPTIONS", "EXAMPLES", "EXIT STATUS", "SEE ALSO"):
    assert section in page, section

page = plain(os.path.join(sys.argv[1], "systole.1"))
for verb in re.findall(r"(?m)^  (\w+)  ", run("systole", "--help")):
    assert f"systole-{verb}(1)" in page, verb
