"""The sound of an alert as a WAV file, from before it began; if wanted, into a library."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from kikimimi.audio.writing import write_wav
from kikimimi.encoders.detection.labels import event_name
from kikimimi.errors import AudioError, BusyError, ConfigError, KikimimiError
from kikimimi.listening.actions.registry import register
from kikimimi.listening.contract import Action, AudioSpan, RefusedError, TemporaryError
from kikimimi.listening.storage import StorageLimit, has_room, make_room, snippet_name
from kikimimi.paths import display_path
from kikimimi.types import Clip

_LONGEST_S = 60.0
_BYTES = {"PCM_16": 2, "PCM_24": 3, "FLOAT": 4}


@register("snippet")
@dataclass
class SnippetAction(Action):
    """Writes what was heard around an alert.

    Attributes:
        folder: where to; it is made.
        pre_roll_s: from so long before the onset.
        post_roll_s: to so long after the alert.
        subtype: of the WAV file.
        most_mb: what all snippets of the folder may take, in millions of bytes; the oldest go.
        least_free_mb: what must stay free on the disk.
        library: a library file that takes the folder in; the snippet is tagged with the rule and
            the sound.

    Raises:
        ConfigError: a value is impossible.
    """

    folder: Path
    pre_roll_s: float = 5.0
    post_roll_s: float = 5.0
    subtype: Literal["PCM_16", "PCM_24", "FLOAT"] = "PCM_16"
    most_mb: float = 1000.0
    least_free_mb: float = 200.0
    library: Path | None = None

    def __post_init__(self) -> None:
        self.folder = self.folder.expanduser()
        rolls = (self.pre_roll_s, self.post_roll_s)
        if not all(0 <= roll <= _LONGEST_S for roll in rolls):
            raise ConfigError(f"pre_roll_s and post_roll_s lie between 0 and {_LONGEST_S:g}")
        self._limit = StorageLimit(round(self.most_mb * 1e6), round(self.least_free_mb * 1e6))

    @property
    def audio(self) -> AudioSpan:
        """The rolls."""
        return AudioSpan(self.pre_roll_s, self.post_roll_s)

    def deliver(self, alert: Mapping[str, Any], audio: Clip | None) -> None:
        """Write the file, after making room for it."""
        if audio is None or not audio.samples.size:
            raise RefusedError("there is no sound of it any more")
        time_utc = datetime.fromisoformat(str(alert["time"])).astimezone(UTC)
        label = event_name(str(alert["label"]))
        path = self.folder / snippet_name(time_utc, label, str(alert["id"]))
        if not path.exists():
            self._write(path, audio)
        if self.library is not None:
            self._take_in(path, [str(alert["rule"]), label])

    def _write(self, path: Path, audio: Clip) -> None:
        size = audio.samples.size * _BYTES[self.subtype] + 1024
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            make_room(self.folder, size, self._limit)
            if not has_room(self.folder, size, self._limit):
                raise TemporaryError(f"{display_path(self.folder)}: no room for a snippet")
            write_wav(path, audio, subtype=self.subtype)
        except AudioError as error:
            raise TemporaryError(str(error)) from error
        except OSError as error:
            raise TemporaryError(f"{display_path(self.folder)}: {error.strerror}") from error

    def _take_in(self, path: Path, tags: list[str]) -> None:
        from kikimimi.library.library import Library

        try:
            with Library(self.library or "") as library:
                library.index([self.folder], workers=1)  # also tells it which ones went
                for tag in dict.fromkeys(tags):
                    library.add_tag([path], tag)
        except BusyError as error:
            raise TemporaryError(str(error)) from error
        except KikimimiError as error:
            raise RefusedError(str(error)) from error
