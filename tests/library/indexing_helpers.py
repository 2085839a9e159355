"""Small sounds, and libraries as plain values to compare."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from sqlalchemy import select

from kikimimi.library import schema
from kikimimi.library.library import Library

RATE_HZ = 16000


def write_sound(path: Path, *, seed: int = 0, seconds: float = 0.5) -> Path:
    """A tone in noise that differs from seed to seed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    noise = np.random.default_rng(seed).standard_normal(len(time_s))
    samples = 0.3 * np.sin(2 * np.pi * (200 + 37 * seed) * time_s) + 0.02 * noise
    soundfile.write(os.fsencode(path), samples.astype(np.float32), RATE_HZ, format="WAV")
    return path


def new_library(folder: Path) -> Library:
    return Library(folder / "library.kikimimi", encoder="placeholder")


def contents(library: Library) -> dict[bytes, dict[str, Any]]:
    """All that a library knows of each present sound, by the path of its file."""
    found: dict[bytes, dict[str, Any]] = {}
    with library.database.reading() as connection:
        by_id = {}
        for row in connection.execute(select(schema.sounds).where(schema.sounds.c.missing == 0)):
            values: dict[str, Any] = {**row._mapping, "windows": [], "tags": set()}
            del values["added_at"]
            by_id[values.pop("id")] = found[row.path_key] = values
        for row in connection.execute(select(schema.windows).order_by(schema.windows.c.id)):
            if row.sound_id in by_id:
                window = (row.start_s, row.end_s, row.vector)
                by_id[row.sound_id]["windows"].append(window)
        query = select(schema.sound_tags, schema.tags.c.name).join(schema.tags)
        for row in connection.execute(query):
            if row.sound_id in by_id:
                by_id[row.sound_id]["tags"].add((row.name, row.source, row.score))
        for row in connection.exec_driver_sql("SELECT rowid, name, folder, tags FROM words"):
            if row[0] in by_id:
                by_id[row[0]]["words"] = tuple(row[1:])
    return found


def names(library: Library) -> set[str]:
    """File names of the present sounds."""
    return {sound.path.name for sound in library.sounds() if not sound.missing}
