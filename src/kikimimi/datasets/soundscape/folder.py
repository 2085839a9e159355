"""The folder that soundscapes are written to: audio, tables, descriptions, digests.

<split>/audio/*.flac   16 bit, mono
<split>.tsv            onsets and offsets as DCASE has them, clips without events included
<split>.json           JAMS objects of all clips, with the classes and scenes
soundscapes.yaml       the recipe with all its defaults
sources.json           what it was made of, and with
SHA256SUMS             of all of these, as `sha256sum -c` reads it
statistics.json        figures of each split
"""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from kikimimi.datasets.annotations import WritingOptions, read_annotations, write_annotations
from kikimimi.datasets.digests import SUMS, check_sums, file_sha256, json_text, sums_text
from kikimimi.errors import DatasetError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.types import FloatArray

RECIPE, SOURCES, STATISTICS = "soundscapes.yaml", "sources.json", "statistics.json"
_PARTS = ".parts"
_FULL_SCALE = 32767


class SoundscapeFolder:
    """Writes the files, each whole or not at all, and knows which soundscapes are done."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def claim(self, recipe_text: str, sources: dict[str, Any]) -> None:
        """Take the folder for a recipe, or go on with what was begun.

        Raises:
            DatasetError: it holds something else.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        written = {RECIPE: recipe_text, SOURCES: json_text(sources)}
        if (self.root / RECIPE).exists():
            for name, text in written.items():
                place = self.root / name
                if not place.exists() or place.read_text(encoding="utf-8") != text:
                    raise DatasetError(
                        f"{display_path(place)}: is of another recipe, other sources or other "
                        "versions; give another folder, or remove this one"
                    )
            return
        if any(self.root.iterdir()):
            raise DatasetError(
                f"{display_path(self.root)}: holds files that are no soundscapes; give an empty "
                "folder"
            )
        for name in (SOURCES, RECIPE):
            self.write_text(name, written[name])

    @property
    def complete(self) -> bool:
        """Whether everything was written."""
        return (self.root / SUMS).exists()

    def is_done(self, split: str, soundscape: int) -> bool:
        """Whether all clips of a soundscape are there."""
        return self._part(split, soundscape).exists()

    def write_soundscape(
        self, split: str, soundscape: int, samples: FloatArray, rate_hz: int, clips: list[Any]
    ) -> None:
        """Write the clips that `samples` (T,) are cut into, and then what is said of them."""
        audio = self.root / split / "audio"
        audio.mkdir(parents=True, exist_ok=True)
        pieces = np.split(samples, len(clips))
        for clip, piece in zip(clips, pieces, strict=True):
            name = clip["file_metadata"]["identifiers"]["filename"]
            whole = np.rint(np.clip(piece, -1.0, 1.0) * _FULL_SCALE).astype(np.int16)
            with draft_of(audio / name) as draft:
                soundfile.write(draft, whole, rate_hz, format="FLAC", subtype="PCM_16")
        part = self._part(split, soundscape)
        part.parent.mkdir(exist_ok=True)
        with draft_of(part) as draft:
            draft.write_text(json_text(clips), encoding="utf-8")

    def finish_split(
        self, split: str, soundscapes: int, *, classes: Sequence[str], scenes: Sequence[str]
    ) -> list[dict[str, Any]]:
        """Join the descriptions of a split into its files; return them."""
        recordings: list[dict[str, Any]] = []
        for number in range(soundscapes):
            recordings += json.loads(self._part(split, number).read_text(encoding="utf-8"))
        description = {
            "classes": list(classes),
            "scenes": list(scenes),
            "recordings": recordings,
        }
        self.write_text(f"{split}.json", json_text(description))
        events = read_annotations(self.root / f"{split}.json", format="jams", classes=classes)
        write_annotations(
            self.root / f"{split}.tsv",
            events,
            format="dcase",
            options=WritingOptions(list_empty=True),
        )
        return recordings

    def finish(self, splits: Sequence[str]) -> str:
        """Write the digests and remove what was only needed to go on; return the digest of all."""
        names = [RECIPE]
        for split in splits:
            names += [f"{split}.json", f"{split}.tsv"]
            names += sorted(
                f"{split}/audio/{p.name}" for p in (self.root / split / "audio").iterdir()
            )
        text = sums_text(self.root, names)
        self.write_text(SUMS, text)
        shutil.rmtree(self.root / _PARTS, ignore_errors=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def digest(self) -> str:
        """The digest of all that `finish` has written: the SHA-256 of SHA256SUMS."""
        return file_sha256(self.root / SUMS)

    def check(self) -> None:
        """Compare every file with its digest.

        Raises:
            DatasetError: one is missing or another; the message names it.
        """
        check_sums(self.root)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file of the folder."""
        with draft_of(self.root / name) as draft:
            draft.write_text(text, encoding="utf-8", newline="\n")

    def _part(self, split: str, soundscape: int) -> Path:
        return self.root / _PARTS / f"{split}_{soundscape:04d}.json"
