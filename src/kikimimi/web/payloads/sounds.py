"""All that is known of one sound without opening its file."""

from kikimimi.web.payloads.base import Answer
from kikimimi.web.payloads.results import RowAnswer


class PlaylistNameAnswer(Answer):
    """A playlist that the sound is in."""

    id: int
    name: str


class SoundAnswer(RowAnswer):
    """A row with all tags and more; `measures` by the keys of `audio.measures.values.MEASURES`.

    `added_at` is null for sounds of a library that did not note it; a measure is null where the
    sound has no such thing or was not measured yet.
    """

    path: str
    size_bytes: int
    subtype: str
    added_at: str | None
    playlists: list[PlaylistNameAnswer]
    measures: dict[str, float | None]
