"""What became of recordings as one HTML file.

The pictures are in it. The sounds are played from their own files, which must stay where they are
relative to the report.
"""

import base64
import os
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from kikimimi.cleaning.analysis.values import FIGURES, FigureInfo, figure_text
from kikimimi.cleaning.recordings import Cleaned
from kikimimi.cli.cleaning.tables import stage_text, suggestion_text
from kikimimi.paths import display_path

HTML_PICTURES = 50
"""Recordings whose pictures are in a report; those after them have their tables only."""

_BODY = "__BODY__"
_HEADING = "__HEADING__"


def html_report(
    all_cleaned: Sequence[Cleaned], pictures: Sequence[bytes], *, chain: str, beside: Path
) -> str:
    """The text of the report.

    Args:
        all_cleaned: the recordings.
        pictures: PNG of the first of them.
        chain: what they were cleaned with, in words.
        beside: the folder that the report will lie in.
    """
    page = files("kikimimi.cli.cleaning").joinpath("report.html").read_text(encoding="utf-8")
    body = "\n".join(
        _section(cleaned, pictures[number] if number < len(pictures) else None, beside)
        for number, cleaned in enumerate(all_cleaned)
    )
    count = "1 recording" if len(all_cleaned) == 1 else f"{len(all_cleaned)} recordings"
    heading = escape(f"{count}, {chain}")
    return page.replace(_HEADING, heading).replace(_BODY, body + _definitions())


def _section(cleaned: Cleaned, picture: bytes | None, beside: Path) -> str:
    name = escape(display_path(cleaned.job.source.name))
    sounds = [("before", cleaned.job.source)]
    if cleaned.after is not None and cleaned.job.target is not None:
        sounds.append(("after", cleaned.job.target))
    return "\n".join([
        f"<section><h2>{name}</h2>",
        *(_player(label, path, beside) for label, path in sounds),
        "" if picture is None else _image(picture, name),
        _table(cleaned),
        _list("Suggestions", map(suggestion_text, cleaned.suggestions)),
        _list("Stages", (f"{stage.name}: {stage_text(stage)}" for stage in cleaned.stages)),
        "</section>",
    ])  # fmt: skip


def _player(label: str, path: Path, beside: Path) -> str:
    address = quote(os.fsencode(os.path.relpath(path.absolute(), beside)).replace(b"\\", b"/"))
    return (
        f'<p><label>{label} <audio controls preload="none" src="{escape(address)}"></audio>'
        f"</label></p>"
    )


def _image(picture: bytes, name: str) -> str:
    data = base64.b64encode(picture).decode("ascii")
    return f'<img alt="Spectrum of {name} before and after" src="data:image/png;base64,{data}">'


def _table(cleaned: Cleaned) -> str:
    is_cleaned = cleaned.after is not None
    head = "<th scope=col>figure<th scope=col>before" + "<th scope=col>after" * is_cleaned
    rows = "\n".join(_row(info, cleaned) for info in FIGURES)
    return f"<table><thead><tr>{head}</thead><tbody>\n{rows}\n</tbody></table>"


def _row(info: FigureInfo, cleaned: Cleaned) -> str:
    analyses = [cleaned.before, *([cleaned.after] if cleaned.after is not None else [])]
    unit = f" {escape(info.unit)}" if info.unit else ""
    values = [getattr(analysis.figures, info.key) for analysis in analyses]
    texts = [figure_text(info, value) + ("" if value is None else unit) for value in values]
    cells = "".join(f"<td>{text}" for text in texts)
    return f"<tr><th scope=row>{info.english} <small lang=ja>{info.japanese}</small>{cells}"


def _list(heading: str, texts: Iterator[str]) -> str:
    items = "".join(f"<li>{escape(text)}" for text in texts)
    return f"<h3>{heading}</h3><ul>{items}</ul>" if items else ""


def _definitions() -> str:
    items = "\n".join(
        f"<dt>{info.english} <span lang=ja>{info.japanese}</span>"
        f"<dd>{escape(info.definition_en)}<dd lang=ja>{info.definition_ja}"
        for info in FIGURES
    )
    return f"<details><summary>What the figures are</summary><dl>{items}</dl></details>"
