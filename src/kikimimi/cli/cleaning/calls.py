"""What `kikimimi clean` was asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CleanCall:
    """What was asked for on the command line.

    `output` is a folder, or a file for one recording; None to tell of the recordings only.
    `preset` is a name or the path of a file; None for the one that is usual.
    """

    places: tuple[Path, ...]
    output: Path | None
    preset: str | None
    auto: bool
    subtype: str | None
    overwrite: bool
    jobs: int | None
    report: Path | None
    pictures: Path | None
    as_json: bool
