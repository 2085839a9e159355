"""What `kikimimi listen` was asked for."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kikimimi.encoders.vocabulary import Language

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class ListenCall:
    """What was asked for on the command line.

    `files` are sound files, or `-` for raw samples on standard input; none for a microphone.
    `model` is the folder of a fitted model of what is normal. `told` are the kinds of messages that
    are printed.
    """

    files: tuple[Path, ...]
    device: str | None
    rate_hz: int
    channels: int
    encoding: str
    follow: bool
    idle_s: float | None
    speed: float
    begins_at: datetime | None
    rules: str | None
    detector: str | None
    hears_events: bool
    model: Path | None
    full_scale_db: float
    keeps_audio: bool
    state: Path
    told: frozenset[str]
    language: Language
    as_json: bool
