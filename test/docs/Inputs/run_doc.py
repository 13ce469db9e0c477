"""Does what a document tells its reader to do, and checks what it promises.

run_doc.py ROOT DOCUMENT     from the folder ROOT, in one shell:
  ```sh                      blocks are executed in order, errors end the test
  <!-- file: PATH -->        the next block is written to PATH first
  <!-- prints -->            the next block's lines must occur in the output of
                             the commands before it, in order; ... stands for
                             anything
  <!-- not run: REASON -->   the next block is not executed
run_doc.py ROOT --coverage   fails if a document with commands has no test here
"""

import pathlib
import re
import subprocess
import sys

BLOCK = re.compile(
    r"(?:^<!-- (?P<what>file|prints|not run)(?:: (?P<detail>[^\n]*?))? -->\n+)?"
    r"^```(?P<language>\w*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def blocks(text):
    for match in BLOCK.finditer(text):
        yield match["what"], match["detail"], match["language"], match["body"]


def check(output, expected, commands):
    """Fails unless the expected lines occur in the output in order."""
    at = 0
    for line in expected.splitlines():
        pattern = r"\s+".join(
            ".*".join(map(re.escape, word.split("..."))) for word in line.split()
        )
        found = re.compile(pattern).search(output, at)
        if not found:
            sys.exit(f"'{line}' is not (or not here) in the output of:\n{commands}\n{output}")
        at = found.end()


def run(root, document):
    """Executes the document; the shell's state carries from block to block."""
    state = "cd " + str(root)
    commands, output = "", ""
    count = 0
    for what, detail, language, body in blocks((root / document).read_text()):
        if what == "file":
            target = root / detail
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(body)
        elif what == "prints":
            check(output, body, commands)
        elif what == "not run":
            assert detail, "say why the block is not run"
        elif language == "sh":
            # The folder the block ends in is where the next one starts.
            script = f"set -euo pipefail\n{state}\n{body}\npwd >&9"
            where = root / "build" / "run-doc-folder"
            with open(where, "w") as folder:
                done = subprocess.run(
                    ["bash", "-c", f"exec 9>&{folder.fileno()}\n{script}"],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True, timeout=1500,
                    pass_fds=[folder.fileno()], errors="replace",
                )
            print(body, done.stdout, sep="\n")
            if done.returncode:
                sys.exit(f"status {done.returncode} from the block above")
            state = "cd " + where.read_text().strip()
            commands, output = body, done.stdout
            count += 1
    if count == 0:
        sys.exit(f"{document} has no commands")


def coverage(root):
    """Each document with commands is named in a test of this folder."""
    tests = "".join(p.read_text() for p in (root / "test" / "docs").glob("*.test"))
    documents = [p for p in root.rglob("*.md") if "build" not in p.relative_to(root).parts]
    missing = [
        str(path.relative_to(root))
        for path in documents
        if any(b[2] == "sh" and b[0] != "not run" for b in blocks(path.read_text()))
        and f" {path.relative_to(root)}" not in tests
    ]
    if missing:
        sys.exit("no test in test/docs runs the commands of: " + ", ".join(sorted(missing)))


if __name__ == "__main__":
    base = pathlib.Path(sys.argv[1]).resolve()
    coverage(base) if sys.argv[2] == "--coverage" else run(base, sys.argv[2])
