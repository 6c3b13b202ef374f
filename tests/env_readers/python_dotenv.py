"""Reads a JSON list of `.env` texts, and prints what python-dotenv makes of each, read from a file as applications do."""

import json
import pathlib
import sys
import tempfile

from dotenv import dotenv_values

texts = json.load(sys.stdin)
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, ".env")
    read = []
    for text in texts:
        path.write_bytes(text.encode())
        read.append(dotenv_values(path))
json.dump({"python-dotenv": read}, sys.stdout)
