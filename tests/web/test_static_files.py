"""What the page's own files must not hold, since the browser is told not to run or fetch it."""

import re
from collections.abc import Callable
from pathlib import Path

import kikimimi.web

STATIC = Path(kikimimi.web.__file__).parent / "static"
_OWN = [path for path in STATIC.rglob("*") if path.is_file() and "vendor" not in path.parts]
SCRIPTS = [path for path in _OWN if path.suffix == ".js"]
STYLES = [path for path in _OWN if path.suffix == ".css"]
_LONGEST_MODULE = 300
_ELSEWHERE = re.compile(r"(?:https?:)?//(?:[\w-]+\.)+\w+")
_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_MADE_OF_TEXT = re.compile(
    r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|eval|new Function)\b"
)


def _found(paths: list[Path], look: Callable[[str], list[str]]) -> dict[str, list[str]]:
    """What `look` finds in the texts of files, by name, where it finds anything."""
    found = {str(path.relative_to(STATIC)): look(path.read_text("utf-8")) for path in paths}
    return {name: matches for name, matches in found.items() if matches}


def test_scripts_make_no_html_or_code_from_text() -> None:
    assert _found(SCRIPTS, _MADE_OF_TEXT.findall) == {}


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert _found(_OWN, lambda text: _ELSEWHERE.findall(text.replace(_SVG_NAMESPACE, ""))) == {}


def test_modules_import_files_that_are_there() -> None:
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        for name in re.findall(r"(?:\bfrom|\bimport\()\s*\"(\.[^\"]+)\"", text):
            assert (path.parent / name).is_file(), f"{path}: {name}"


def test_modules_are_short() -> None:
    """Tables of messages are no code: each language is one file, which a browser waits for once."""
    code = [path for path in SCRIPTS if path.parent.name != "i18n"]
    long = [path.name for path in code if path.read_text("utf-8").count("\n") > _LONGEST_MODULE]
    assert long == []


def test_colours_are_tokens_so_that_dark_and_light_cannot_drift_apart() -> None:
    plain = re.compile(r"^\s*(?!--)[\w-]+:[^;{}]*#[0-9a-f]{3,8}\b", re.MULTILINE)
    assert _found(STYLES, plain.findall) == {}


def test_the_document_links_every_style_and_holds_no_inline_one() -> None:
    document = (STATIC / "index.html").read_text("utf-8")
    linked = set(re.findall(r"/static/(styles/[\w.]+)", document))
    assert linked == {path.relative_to(STATIC).as_posix() for path in STYLES}
    assert not re.search(r"<style|\s(?:style|on\w+)=", document)
