"""`kikimimi export`: what the library knows, as a table or as arrays for other programs."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from kikimimi.cli.options import LibraryOption, check_output, open_library
from kikimimi.cli.output import json_path, json_text, print_message
from kikimimi.errors import LibraryError
from kikimimi.files import draft_of
from kikimimi.library.library import Library
from kikimimi.library.records import Sound, SoundTag
from kikimimi.paths import display_path

_COLUMNS = ("path", "duration", "sample_rate", "channels", "format", "missing", "tags")


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("export", epilog="Example: kikimimi export -o sounds.csv")(export)


def export(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A .csv, .jsonl or .npz file to write.")
    ],
    library: LibraryOption = None,
) -> None:
    """Write the sounds with their tags (.csv, .jsonl), or the vectors of all windows (.npz).

    The .npz file holds `embeddings` (n, D), `paths` (n,), `starts` and `ends` (n,) in seconds.
    """
    check_output(output, suffixes=tuple(_WRITERS))
    with open_library(library) as opened:
        try:
            with draft_of(output) as draft:
                count = _WRITERS[output.suffix.lower()](opened, draft)
        except OSError as error:
            raise LibraryError(
                f"cannot write {display_path(output)}: {error.strerror}; choose another place"
            ) from None
    print_message(f"{display_path(output)}: {count} rows")


def _write_csv(library: Library, draft: Path) -> int:
    with draft.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        count = 0
        for record in _records(library):
            tags = "; ".join(f"{tag['name']} {tag['score']}" for tag in record["tags"])
            writer.writerow({**record, "tags": tags})
            count += 1
    return count


def _write_json_lines(library: Library, draft: Path) -> int:
    with draft.open("w", encoding="utf-8") as file:
        count = 0
        for record in _records(library):
            file.write(json_text(record) + "\n")
            count += 1
    return count


def _write_vectors(library: Library, draft: Path) -> int:
    rows = list(library.embeddings())
    with draft.open("wb") as file:
        np.savez(
            file,
            embeddings=np.array([row.embedding.vector for row in rows], dtype=np.float32),
            paths=np.array([json_path(row.path) for row in rows], dtype=np.str_),
            starts=np.array([row.embedding.window.start_s for row in rows]),
            ends=np.array([row.embedding.window.end_s for row in rows]),
        )
    return len(rows)


_WRITERS = {".csv": _write_csv, ".jsonl": _write_json_lines, ".npz": _write_vectors}


def _records(library: Library) -> Iterator[dict[str, Any]]:
    tags = library.all_tags()
    for sound in library.sounds():
        yield _record(sound, tags.get(sound.id, []))


def _record(sound: Sound, tags: list[SoundTag]) -> dict[str, Any]:
    return {
        "path": json_path(sound.path),
        "duration": round(sound.duration_s, 6),
        "sample_rate": sound.sample_rate_hz,
        "channels": sound.channels,
        "format": sound.format,
        "missing": sound.missing,
        "tags": [{"name": tag.name, "score": round(tag.score, 4)} for tag in tags],
    }
