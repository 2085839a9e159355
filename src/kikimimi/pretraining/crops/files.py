"""Which files a training hears: folders, sound files, and lists of them."""

import os
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from kikimimi.audio.discovery import is_audio_path
from kikimimi.errors import DatasetError
from kikimimi.paths import display_path


class AudioFiles:
    """Paths of many files in two arrays.

    A million paths of 80 bytes take 90 MB, once for all worker processes: they hold no Python
    objects, whose counts of references would copy the memory.
    """

    def __init__(self, paths: Iterable[str | os.PathLike[str]]) -> None:
        text, ends = bytearray(), array("q", [0])
        for path in paths:
            text += os.fsencode(path)
            ends.append(len(text))
        self._text = np.frombuffer(bytes(text), dtype=np.uint8)
        self._ends = np.frombuffer(ends, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> Path:
        if not 0 <= number < len(self):
            raise IndexError(number)
        encoded = self._text[self._ends[number] : self._ends[number + 1]].tobytes()
        return Path(os.fsdecode(encoded))

    def __iter__(self) -> Iterator[Path]:
        return (self[number] for number in range(len(self)))


def find_audio(places: Sequence[Path]) -> AudioFiles:
    """The sound files of `places`, in the order of the places, folders sorted by name.

    Args:
        places: folders, sound files, or text files that list folders and sound files, one a line,
            relative ones counted from the folder of the list.

    Raises:
        DatasetError: a place is not there, a list cannot be read, or there is no sound file.
    """
    files = AudioFiles(path for place in places for path in _files_of(place))
    if len(files) == 0:
        named = ", ".join(display_path(place) for place in places)
        raise DatasetError(
            f"{named}: no sound files there; give a folder, files, or a list of them"
        )
    return files


def _files_of(place: Path) -> Iterator[str]:
    if place.is_dir():
        yield from _sounds_below(place)
    elif is_audio_path(place) and place.is_file():
        yield str(place)
    else:
        yield from _listed(place)


def _listed(path: Path) -> Iterator[str]:
    for number, place in _lines(path):
        if place.is_dir():
            yield from _sounds_below(place)
        elif place.is_file():
            yield str(place)
        else:
            raise DatasetError(
                f"{display_path(path)}: line {number}: there is no file or folder "
                f"{display_path(place)}; mend the list"
            )


def _lines(path: Path) -> Iterator[tuple[int, Path]]:
    """Line numbers and paths of a list."""
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            for number, line in enumerate(file, start=1):
                text = line.rstrip("\r\n")
                if "\0" in text:
                    raise DatasetError(
                        f"{display_path(path)}: neither sound nor a list of files; give a folder, "
                        "a sound file, or a text file with a path on each line"
                    )
                if text.strip():
                    yield number, path.parent / text
    except OSError as error:
        raise DatasetError(
            f"{display_path(path)}: cannot be read ({error.strerror}); give a folder, a sound "
            "file, or a text file with a path on each line"
        ) from None


def _sounds_below(folder: Path) -> Iterator[str]:
    # text, since Python 3.11 keeps a table of the parts of every Path
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if is_audio_path(name) and not name.startswith("."):
                yield f"{parent}{os.sep}{name}"
