"""Fonts for labels in any script, out of those that are installed.

Matplotlib brings DejaVu Sans, which has no Japanese. For characters that it lacks, an installed
font that has them is looked for; a character that no font has is drawn as an empty box.
"""

from collections.abc import Iterable, Iterator
from functools import cache

from kikimimi.paths import display_path

BASE_FAMILY = "DejaVu Sans"
EMPTY_BOX = "□"

_JAPANESE_FAMILIES = (
    *("Noto Sans CJK JP", "Noto Sans JP", "Source Han Sans JP", "BIZ UDGothic", "IPAexGothic"),
    *("Hiragino Sans", "Hiragino Kaku Gothic ProN", "Yu Gothic", "Meiryo", "MS Gothic"),
    *("IPAPGothic", "IPAGothic", "TakaoPGothic", "VL PGothic", "Droid Sans Fallback"),
)
"""Sans-serif families that are common on Linux, macOS and Windows; they are tried first."""

_LONGEST_LABEL = 40


def can_draw(texts: Iterable[str]) -> bool:
    """Tell whether the installed fonts have every character of the texts."""
    return not _coverage(_characters(texts))[1]


def label_families(texts: Iterable[str]) -> tuple[str, ...]:
    """Font families that together draw the texts as far as installed fonts can, the base first."""
    return _coverage(_characters(texts))[0]


def label_text(text: str) -> str:
    """A label as it is drawn: one line, not too long, and boxes for what no font has."""
    plain = display_path(text)
    short = plain if len(plain) <= _LONGEST_LABEL else plain[: _LONGEST_LABEL - 1] + "…"
    missing = _coverage(_characters([short]))[1]
    return "".join(EMPTY_BOX if character in missing else character for character in short)


def _characters(texts: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*texts)


@cache
def _coverage(characters: frozenset[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The families that are needed for the characters, and the characters that none has."""
    families: list[str] = []
    missing = characters
    for family, file in _font_files():
        found = missing & _characters_of(file)
        if found or family == BASE_FAMILY:
            families.append(family)
            missing -= found
        if not missing:
            break
    return tuple(families), missing


def _font_files() -> Iterator[tuple[str, str]]:
    """One file of each family: the base, those for Japanese, then any other that is installed."""
    from matplotlib import get_data_path
    from matplotlib.font_manager import fontManager

    own = {entry.name: entry.fname for entry in fontManager.ttflist if entry.name == BASE_FAMILY}
    installed = {
        entry.name: entry.fname
        for entry in sorted(fontManager.ttflist, key=lambda entry: entry.fname, reverse=True)
        # Matplotlib's own others are for formulas, or draw every character as a box.
        if entry.name not in own and not entry.fname.startswith(get_data_path())
    }
    preferred = {family: installed[family] for family in _JAPANESE_FAMILIES if family in installed}
    yield from {**own, **preferred, **installed}.items()


@cache
def _characters_of(file: str) -> frozenset[str]:
    from matplotlib.font_manager import get_font

    try:
        return frozenset(map(chr, get_font(file).get_charmap()))
    except (OSError, RuntimeError):  # deleted since Matplotlib listed it, or damaged
        return frozenset()
