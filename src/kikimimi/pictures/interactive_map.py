"""A map of sounds as one HTML file to look around and listen in.

The file needs no network: script and style are in it. Sounds are played from their own files,
which must stay where they are relative to the map.
"""

import json
import os
from importlib.resources import files
from pathlib import Path
from typing import Literal

from kikimimi.files import draft_of
from kikimimi.pictures.map_data import SoundMap, mark_of

_DATA = "__MAP_DATA__"
_LANGUAGE = "__LANGUAGE__"
_DIGITS = 4


def write_interactive_map(
    path: str | os.PathLike[str], shown: SoundMap, *, language: Literal["en", "ja"] = "en"
) -> None:
    """Write the map; `language` is the one that it opens in, the reader can change it.

    Raises:
        OSError: the file cannot be written.
    """
    page = files("kikimimi.pictures").joinpath("interactive_map.html").read_text(encoding="utf-8")
    text = page.replace(_LANGUAGE, language).replace(_DATA, _script_json(shown))
    with draft_of(Path(path)) as draft:
        draft.write_text(text, encoding="utf-8")


def _script_json(shown: SoundMap) -> str:
    """The map as JSON that no name of a file can break out of."""
    scale = abs(shown.points).max(axis=0)
    scale[scale == 0] = 1
    record = {
        "title": shown.title,
        "axes": list(shown.axes),
        "points": [[round(float(v), _DIGITS) for v in row] for row in shown.points / scale],
        "names": list(shown.names),
        "addresses": list(shown.addresses),
        "labelOf": list(shown.label_of),
        "labels": [
            {"en": each.english, "ja": each.japanese, "mark": mark_of(number)}
            for number, each in enumerate(shown.labels)
        ],
        "other": mark_of(-1),
    }
    text = json.dumps(record, ensure_ascii=True, separators=(",", ":"))
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
