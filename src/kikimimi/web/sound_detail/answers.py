"""What a server keeps of what it made for sound pages."""

from kikimimi.audio.spectrogram_image import SpectrogramImage
from kikimimi.web.payloads.sound_detail import TagsOverTimeAnswer
from kikimimi.web.sound_detail.kept import Kept

_BYTES_PER_SCORE = 32


class SoundAnswers:
    """Outlines, spectrograms and tags over time, some 10 MB of them at most."""

    def __init__(self) -> None:
        self.outlines: Kept[bytes] = Kept(2 << 20, len)
        self.images: Kept[SpectrogramImage] = Kept(6 << 20, lambda image: image.levels.nbytes)
        self.tags: Kept[TagsOverTimeAnswer] = Kept(2 << 20, _size)


def _size(answer: TagsOverTimeAnswer) -> int:
    return _BYTES_PER_SCORE * len(answer.times_s) * (1 + len(answer.tags))
