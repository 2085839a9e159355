"""What the verbs print: tables for people, JSON lines for programs, one line for each fault."""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kikimimi.encoders.vocabulary import Language, display_name
from kikimimi.paths import display_path


def print_json(record: Mapping[str, Any]) -> None:
    """Print one JSON line on standard output."""
    print(json_text(record), flush=True)


def json_text(record: Mapping[str, Any]) -> str:
    """A record as one line of JSON, Japanese as it is."""
    return json.dumps(record, ensure_ascii=False)


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[str] = ()
) -> None:
    """Print a table; columns named in `right` hold numbers. In a pipe: tab-separated lines."""
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(row))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        number = column in right
        table.add_column(
            column, justify="right" if number else "left", overflow="fold", no_wrap=number
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def print_failure(path: str | os.PathLike[str], reason: str) -> None:
    """Name a file that failed, and why, in one line on standard error."""
    print(f"kikimimi: {display_path(path)}: {reason}", file=sys.stderr)


def print_message(text: str) -> None:
    """Say something on standard error, where it does not mix with results."""
    print(text, file=sys.stderr)


def json_path(path: str | os.PathLike[str]) -> str:
    """A path as JSON text that `os.fsencode` turns back; undecodable bytes as U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")


def short_path(path: Path) -> str:
    """A path for a table: relative to the current folder where it lies below it."""
    here = Path.cwd()
    return display_path(path.relative_to(here) if path.is_relative_to(here) else path)


def tag_text(name: str, language: Language) -> str:
    """The name of a tag for people."""
    return display_name(name, language)


def duration_text(seconds: float) -> str:
    """Seconds as `0.52 s`, `12.3 s`, `2:05` or `1:02:05`."""
    if seconds < 60:
        return f"{seconds:.2f} s" if seconds < 10 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
