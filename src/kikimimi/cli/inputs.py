"""Sound files named on the command line: folders opened, each embedded, bad ones named."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kikimimi.audio.discovery import is_audio_path
from kikimimi.cli.output import print_failure
from kikimimi.cli.progress import file_progress
from kikimimi.errors import AudioError, EncoderError
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from kikimimi.encoders.contract import Encoder
    from kikimimi.encoders.file_embedding import EmbeddedFile


def expand(places: Sequence[Path]) -> list[Path]:
    """The files themselves, and the sound files of folders in the order of their names."""
    found: list[Path] = []
    for place in places:
        place = place.expanduser()
        if place.is_dir():
            found.extend(_sounds_below(place))
        else:
            found.append(place)
    return found


def embed_files(
    paths: Sequence[Path], encoder: "Encoder", *, label: str
) -> Iterator[tuple[Path, "EmbeddedFile"]]:
    """Embed file after file; one that cannot be read is named on standard error and left out."""
    # it brings scipy.signal, which takes a second that those who only name files should not wait
    from kikimimi.encoders.file_embedding import embed_file

    seconds = 0.0
    with file_progress(label) as progress:
        for done, path in enumerate(paths, start=1):
            try:
                embedded = embed_file(path, encoder)
            except (AudioError, EncoderError) as error:
                print_failure(path, str(error).removeprefix(f"{display_path(path)}: "))
            else:
                seconds += embedded.duration_s
                yield path, embedded
            progress(done, len(paths), path, seconds)


def _sounds_below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            if is_audio_path(path) and not name.startswith("."):
                yield path
