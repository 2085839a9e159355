"""Make the notebooks of the tutorial, one a language, from their common source.

    python docs/tutorial/build.py

In the source a line `=== en`, `=== ja` or `=== code` begins a cell. Code is common to both; where a
language needs words of its own it has `{{English|Japanese}}`.
"""

import json
import re
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
SOURCE = FOLDER / "from_sound_to_picture.txt"
NOTEBOOKS = {
    "en": FOLDER / "from_sound_to_picture.ipynb",
    "ja": FOLDER / "from_sound_to_picture.ja.ipynb",
}

_CELL = re.compile(r"^=== (en|ja|code)\n", re.MULTILINE)
_WORDS = re.compile(r"\{\{(.*?)\|(.*?)\}\}", re.DOTALL)


def notebook(language: str) -> dict[str, Any]:
    """The notebook in one language, without outputs, as nbformat 4.5."""
    _, *parts = _CELL.split(SOURCE.read_text(encoding="utf-8"))
    cells = [
        _cell(kind, _in_language(text.strip("\n"), language), f"cell-{number:02}")
        for number, (kind, text) in enumerate(zip(parts[::2], parts[1::2], strict=True), start=1)
        if kind in (language, "code")
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def notebook_text(language: str) -> str:
    """The file of `notebook(language)`."""
    return json.dumps(notebook(language), ensure_ascii=False, indent=1) + "\n"


def _cell(kind: str, text: str, name: str) -> dict[str, Any]:
    cell = {"id": name, "metadata": {}, "source": text.splitlines(keepends=True)}
    if kind == "code":
        return {"cell_type": "code", "execution_count": None, **cell, "outputs": []}
    return {"cell_type": "markdown", **cell}


def _in_language(text: str, language: str) -> str:
    return _WORDS.sub(r"\1" if language == "en" else r"\2", text)


if __name__ == "__main__":
    for code, path in NOTEBOOKS.items():
        path.write_text(notebook_text(code), encoding="utf-8")
        print(path)
