"""The generator and the vocoder of a server, opened when they are first wanted."""

import threading
from functools import cached_property

from kikimimi.generation.contract import Generator
from kikimimi.generation.making.maker import SoundMaker
from kikimimi.web.settings import ServerSettings


class Studio:
    """What the page makes sounds with; nothing is loaded before somebody asks."""

    def __init__(self, settings: ServerSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def generator(self) -> Generator:
        """The generator, its weights perhaps not loaded.

        Raises:
            GenerationError: there is none, or it is damaged.
        """
        with self._lock:
            return self._generator

    def maker(self) -> SoundMaker:
        """Generator and vocoder, loaded.

        Raises:
            GenerationError: there is none, or the weights are missing or damaged.
        """
        with self._lock:
            return self._maker

    @cached_property
    def _generator(self) -> Generator:
        # PyTorch takes seconds to import, which a server that makes nothing should not wait for
        from kikimimi.generation.registry import create_generator

        return create_generator(self._settings.generator)

    @cached_property
    def _maker(self) -> SoundMaker:
        from kikimimi.generation.registry import create_vocoder, vocoder_of

        generator = self._generator.load()
        wanted = self._settings.vocoder
        vocoder = vocoder_of(generator) if wanted is None else create_vocoder(wanted)
        return SoundMaker(generator, vocoder)
