"""The sounds whose files are gone, to be found again by content when they turn up elsewhere."""

import os
from collections import defaultdict, deque
from collections.abc import Container, Iterable

from kikimimi.library.records import Sound


class MissingSounds:
    """Missing sounds by content; thousands of equal files cost no more than as many others."""

    def __init__(self, sounds: Iterable[Sound]) -> None:
        self._sounds: dict[int, Sound] = {}
        self._by_content: defaultdict[tuple[str, ...], deque[int]] = defaultdict(deque)
        for sound in sounds:
            self.add(sound)

    def add(self, sound: Sound) -> None:
        """Note a sound that is missing now."""
        self._sounds[sound.id] = sound
        self._by_content[sound.content_hash, sound.path.name].append(sound.id)
        self._by_content[(sound.content_hash,)].append(sound.id)

    def discard(self, sound_id: int) -> None:
        """Note that a sound is not missing any more."""
        self._sounds.pop(sound_id, None)

    def take(self, content_hash: str, name: str, *, except_at: Container[bytes]) -> Sound | None:
        """A missing sound of this content, of the same file name if there is one; once each.

        Sounds at the paths `except_at` are passed over for good: their files have come back.
        """
        for key in ((content_hash, name), (content_hash,)):
            waiting = self._by_content[key]
            while waiting:
                sound = self._sounds.pop(waiting.popleft(), None)
                if sound is not None and os.fsencode(sound.path) not in except_at:
                    return sound
        return None
