"""What `kikimimi generate` was asked for."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateCall:
    """What all kinds of making have in common on the command line.

    `generator` and `vocoder` are names or folders, None for the usual ones; `reference` is a folder
    of real sounds to compare with, `picture` a file to draw.
    The n-th sound has the seed `seed` + n.
    """

    output: Path
    generator: str | None
    vocoder: str | None
    seed: int
    loop: bool
    overwrite: bool
    figures: bool
    reference: Path | None
    encoder: str
    picture: Path | None
    threads: int
    as_json: bool
