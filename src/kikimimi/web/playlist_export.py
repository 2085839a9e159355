"""Playlists as streams of bytes: M3U8, CSV, or a ZIP archive of the sounds, never held whole."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from kikimimi.library.playlist_export import Export, PlaylistEntry, export_csv, export_m3u8
from kikimimi.library.playlist_export import numbered_name as _numbered_name
from kikimimi.paths import display_path

_BLOCK_BYTES = 1 << 20
_LEFT_OUT = "left_out.txt"


def _through_file(export: Export) -> Callable[[Sequence[PlaylistEntry]], Iterator[bytes]]:
    """The stream of what one of the library's exports writes."""

    def stream(entries: Sequence[PlaylistEntry]) -> Iterator[bytes]:
        with tempfile.TemporaryDirectory(prefix="kikimimi-") as folder:
            target = Path(folder) / "playlist"
            export(entries, target, False)
            with target.open("rb") as file:
                while block := file.read(_BLOCK_BYTES):
                    yield block

    return stream


def stream_zip(entries: Sequence[PlaylistEntry]) -> Iterator[bytes]:
    """An archive of the sounds as `001 name.wav` and so on, uncompressed.

    Sounds whose files cannot be read are named in `left_out.txt`.
    """
    sink = _Sink()
    left_out: list[str] = []
    digits = max(3, len(str(len(entries))))
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for position, entry in enumerate(entries, start=1):
            name = display_path(_numbered_name(entry.sound.path.name, f"{position:0{digits}} "))
            try:
                source = entry.sound.path.open("rb")
            except OSError as error:
                left_out.append(f"{display_path(entry.sound.path)}: {error.strerror}")
                continue
            with source, archive.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
                while block := source.read(_BLOCK_BYTES):
                    target.write(block)
                    yield sink.taken()
        if left_out:
            archive.writestr(_LEFT_OUT, "\n".join([*left_out, ""]))
        yield sink.taken()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """What is written since the last look; a ZIP archive needs no more to be streamed."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(memoryview(data))  # type: ignore[arg-type]
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


Stream = Callable[[Sequence[PlaylistEntry]], Iterator[bytes]]

EXPORTS: Mapping[str, tuple[str, Stream]] = {
    "m3u8": ("application/vnd.apple.mpegurl", _through_file(export_m3u8)),
    "csv": ("text/csv; charset=utf-8", _through_file(export_csv)),
    "zip": ("application/zip", stream_zip),
}
"""Media type and stream by kind."""
