"""The notebooks of the tutorial are what their source says, and run from top to bottom."""

import ast
import base64
import io
import re
import runpy
from pathlib import Path
from typing import Any

import matplotlib.image
import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "tutorial"
BUILD = runpy.run_path(str(FOLDER / "build.py"))
NOTEBOOKS: dict[str, Path] = BUILD["NOTEBOOKS"]
LANGUAGES = list(NOTEBOOKS)
PICTURES = 10
SOUNDS = 3


def cells(language: str, kind: str) -> list[str]:
    notebook = nbformat.read(NOTEBOOKS[language], as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


@pytest.mark.parametrize("language", LANGUAGES)
def test_notebook_is_made_from_the_source(language) -> None:
    """After a change of the source: python docs/tutorial/build.py."""
    written = NOTEBOOKS[language].read_text(encoding="utf-8")
    assert written == BUILD["notebook_text"](language)
    nbformat.validate(nbformat.reads(written, as_version=4))
    assert "{{" not in written and "=== " not in written


def test_both_languages_tell_the_same() -> None:
    english, japanese = (cells(language, "markdown") for language in ("en", "ja"))
    assert [outline(text) for text in english] == [outline(text) for text in japanese]
    assert all(re.search(r"[ぁ-ん]", text) for text in japanese)
    assert not any(re.search(r"[ぁ-ん]", text) for text in english)


def outline(text: str) -> list[str]:
    """Headings, items of lists, and examples."""
    return re.findall(r"^#+ \d*|^\* |^\d\. |^```.*", text, re.MULTILINE)


def test_both_languages_run_the_same_code() -> None:
    """But for what is between quotation marks, and for the choice of names to write."""
    english, japanese = (cells(language, "code") for language in ("en", "ja"))
    assert [calls(text) for text in english] == [calls(text) for text in japanese]


def calls(source: str) -> list[str]:
    """The functions that code calls, in order of their names."""
    tree = ast.parse(source)
    found = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    names = (ast.unparse(function) for function in found)
    return sorted(name for name in names if "isascii" not in name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_notebook_runs_and_draws(language, tmp_path, monkeypatch) -> None:
    for variable in ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(variable, str(tmp_path / "jupyter"))
    place = tmp_path / "work"
    place.mkdir()
    notebook = nbformat.read(NOTEBOOKS[language], as_version=4)
    resources = {"metadata": {"path": str(place)}}
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources=resources).execute()
    outputs = [each for cell in notebook.cells for each in cell.get("outputs", [])]
    pictures = [each for each in map(picture_of, outputs) if each is not None]
    assert len(pictures) == PICTURES
    for image in pictures:
        assert min(image.shape[:2]) > 200
        assert image.std() > 0.05  # something is drawn
    assert sum("Audio" in plain_text(each) for each in outputs) == SOUNDS
    if language == "en":  # in Japanese, fonts may be missing
        assert [each.text for each in outputs if each.get("name") == "stderr"] == []
    assert (place / "my first sounds" / "map.html").is_file()
    assert len(list(place.rglob("*.wav"))) == 98


def picture_of(output: Any) -> Any:
    encoded = output.get("data", {}).get("image/png")
    return matplotlib.image.imread(io.BytesIO(base64.b64decode(encoded))) if encoded else None


def plain_text(output: Any) -> str:
    return output.get("data", {}).get("text/plain", "")
