"""The detector that sound pages hear with."""

import threading

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.detection.contract import Detector
from kikimimi.encoders.detection.encoder_events import EncoderEvents
from kikimimi.encoders.detection.registry import default_detector, load_detector
from kikimimi.encoders.registry import DEFAULT_ENCODER


class Listener:
    """Loads a detector when it is first needed; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._encoder = ""
        self._detector: Detector | None = None

    def detector(self, encoder: Encoder) -> Detector:
        """The detector for a library, loaded: the package's own.

        A library with another encoder, chosen perhaps for its licence, is heard with that one if it
        tells tags over time.

        Args:
            encoder: of the library, loaded.

        Raises:
            EncoderError: the weights are damaged.
        """
        with self._lock:
            if self._detector is None or self._encoder != encoder.identity:
                self._detector = _choose(encoder)
                self._encoder = encoder.identity
            return self._detector


def _choose(encoder: Encoder) -> Detector:
    is_chosen = encoder.reference != DEFAULT_ENCODER
    if encoder.tags_over_time and (is_chosen or default_detector() == DEFAULT_ENCODER):
        return EncoderEvents(encoder)
    return load_detector()
