"""What users do to the tags of sounds, each change in the journal."""

from collections.abc import Callable, Iterable

from sqlalchemy import Connection

from kikimimi.library import store, tagging
from kikimimi.library.database import Database
from kikimimi.library.journal.label import Label
from kikimimi.library.records import SoundReference
from kikimimi.library.taught.tags import TaughtTags

_Change = Callable[[Connection, list[int], str], int]


class TagChanges:
    """Giving and taking tags. Every method returns how many sounds it changed.

    Sounds become examples or counter-examples of the tag if it is a taught one.

    Every method raises UnknownError for a sound that is not in the library, and QueryError for a
    name that cannot be a tag.
    """

    def __init__(self, database: Database, taught: TaughtTags) -> None:
        self._database = database
        self._taught = taught

    def add(self, sounds: Iterable[SoundReference], name: str) -> int:
        """Give sounds a tag."""
        return self._apply("tag_added", sounds, name, tagging.add_tag, wanted=True)

    def remove(self, sounds: Iterable[SoundReference], name: str) -> int:
        """Take a tag away from sounds; an automatic one does not come back."""
        return self._apply("tag_removed", sounds, name, tagging.remove_tag, wanted=False)

    def accept(self, sounds: Iterable[SoundReference], name: str) -> int:
        """Make an automatic or taught tag the user's own, for those of the sounds that have it."""
        return self._apply(
            "tag_accepted", sounds, name, tagging.add_tag, wanted=True, only_tagged=True
        )

    def reject(self, sounds: Iterable[SoundReference], name: str) -> int:
        """Refuse a tag for those of the sounds that have it."""
        return self._apply(
            "tag_rejected", sounds, name, tagging.remove_tag, wanted=False, only_tagged=True
        )

    def _apply(
        self,
        kind: str,
        sounds: Iterable[SoundReference],
        name: str,
        change: _Change,
        *,
        wanted: bool,
        only_tagged: bool = False,
    ) -> int:
        with self._database.reading() as connection:
            ids = store.find_ids(connection, sounds)
        label = Label(kind, {"tag": name, "count": len(ids)})
        with self._database.writing(label) as connection:
            ids = store.find_ids(connection, ids)
            if only_tagged:
                ids = tagging.sounds_with_tag(connection, ids, name)
            changed = change(connection, ids, name)
            plain = tagging.checked_name(name) if wanted else name
            self._taught.correct(connection, ids, plain, wanted=wanted)
            return changed
