"""What `kikimimi detect` was asked for."""

from dataclasses import dataclass
from pathlib import Path

from kikimimi.encoders.vocabulary import Language


@dataclass(frozen=True, slots=True)
class DetectCall:
    """What was asked for on the command line.

    `library` is where the events are kept; None for nowhere.
    """

    places: tuple[Path, ...]
    detector: str | None
    threshold: float | None
    classes: tuple[str, ...] | None
    min_duration_s: float
    min_gap_s: float
    format: str
    output: Path | None
    pictures: Path | None
    language: Language
    language_given: bool
    library: Path | None
    as_json: bool
