"""The folder that machine sounds are written to.

<machine>/train/*.wav, <machine>/test/*.wav     16 bit, mono, named as DCASE task 2 does
<machine>/attributes_<section>.csv              what is known of each recording
machines.yaml                                   the recipe with all its defaults
versions.json                                   of the packages that decide the last bits
SHA256SUMS                                      of all of these, as `sha256sum -c` reads it
"""

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
import soundfile

from kikimimi.datasets.digests import SUMS, check_sums, file_sha256, json_text, sums_text
from kikimimi.datasets.machine_sounds.planning import PlannedClip
from kikimimi.errors import DatasetError
from kikimimi.files import draft_of
from kikimimi.paths import display_path
from kikimimi.types import FloatArray

RECIPE, VERSIONS = "machines.yaml", "versions.json"
_DECIDING = ("numpy", "scipy", "soundfile", "soxr")
_FULL_SCALE = 32767


class MachineFolder:
    """Writes the files, each whole or not at all, and knows which are there.

    Raises:
        DatasetError: by every method that writes, when the disk is full or may not be written to.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def claim(self, recipe_text: str) -> None:
        """Take the folder for a recipe, or go on with what was begun.

        Raises:
            DatasetError: it holds something else, or cannot be made.
        """
        versions = json_text({package: version(package) for package in _DECIDING})
        written = {VERSIONS: versions, RECIPE: recipe_text}
        if (self.root / RECIPE).exists():
            for name, text in written.items():
                place = self.root / name
                if not place.exists() or place.read_text(encoding="utf-8") != text:
                    raise DatasetError(
                        f"{display_path(place)}: is of another recipe or other versions; give "
                        "another folder, or remove this one"
                    )
            return
        self._make_folder(self.root)
        if any(self.root.iterdir()):
            raise DatasetError(
                f"{display_path(self.root)}: holds files that are no machine sounds; give an "
                "empty folder"
            )
        for name, text in written.items():
            self._write_text(name, text)

    def has(self, clip: PlannedClip) -> bool:
        """Whether a recording was made."""
        return (self.root / clip.path).exists()

    def write(self, clip: PlannedClip, samples: FloatArray, sample_rate_hz: int) -> None:
        """Write a recording: samples (T,) in [-1, 1]."""
        path = self.root / clip.path
        self._make_folder(path.parent)
        whole = np.rint(samples * _FULL_SCALE).astype(np.int16)
        try:
            with draft_of(path) as draft:
                soundfile.write(draft, whole, sample_rate_hz, format="WAV", subtype="PCM_16")
        except (OSError, soundfile.LibsndfileError) as error:
            raise DatasetError(
                f"{display_path(path)}: cannot be written ({error}); make room and start again, "
                "what was made is kept"
            ) from None

    def finish(self, clips: Sequence[PlannedClip]) -> str:
        """Write the attributes and the digests; return the digest of all."""
        names = [VERSIONS, RECIPE]
        by_table: dict[str, list[PlannedClip]] = defaultdict(list)
        for clip in clips:
            by_table[f"{clip.machine}/attributes_{clip.section:02d}.csv"].append(clip)
        for name, rows in by_table.items():
            self._write_text(name, attribute_table(rows))
            names.append(name)
        names += [clip.path for clip in clips]
        self._write_text(SUMS, sums_text(self.root, sorted(names)))
        return file_sha256(self.root / SUMS)

    def check(self) -> None:
        """Compare every file with its digest.

        Raises:
            DatasetError: one is missing or another; the message names it.
        """
        check_sums(self.root)

    def _write_text(self, name: str, text: str) -> None:
        path = self.root / name
        try:
            with draft_of(path) as draft:
                draft.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise DatasetError(
                f"{display_path(path)}: cannot be written ({error.strerror}); make room and start "
                "again"
            ) from None

    def _make_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatasetError(
                f"{display_path(folder)}: cannot be made ({error.strerror}); choose another"
            ) from None


def attribute_table(clips: Sequence[PlannedClip]) -> str:
    """The attributes of a section as DCASE writes them: file_name, d1p, d1v, d2p, d2v, ..."""
    most = max((len(clip.attributes) for clip in clips), default=0)
    header = [f"d{number}{kind}" for number in range(1, most + 1) for kind in "pv"]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["file_name", *header])
    for clip in clips:
        pairs = [cell for pair in clip.attributes.items() for cell in pair]
        table.writerow([clip.path, *pairs, *[""] * (2 * most - len(pairs))])
    return text.getvalue()
