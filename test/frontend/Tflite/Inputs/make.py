"""make.py SCHEMA TEXT MODEL [OLD NEW]...: writes the TFLite file MODEL from its
text form (JSON, as flatc reads it), with each OLD replaced by NEW first."""

import os
import shutil
import subprocess
import sys
import tempfile

schema, text, model, *changes = sys.argv[1:]
with open(text, encoding="utf-8") as file:
    source = file.read()
for old, new in zip(changes[::2], changes[1::2], strict=True):
    assert old in source, f"'{old}' is not in {text}"
    source = source.replace(old, new)
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "model.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    subprocess.run(["flatc", "-b", "-o", folder, schema, path], check=True)
    shutil.copyfile(os.path.join(folder, "model.tflite"), model)
