"""A microphone or any other input of the machine, through sounddevice (the `live` extra).

Axes: C channels, T samples.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from importlib import import_module
from threading import Event, Lock
from typing import Any

import numpy as np

from kikimimi.errors import ListeningError
from kikimimi.listening.contract import Block, SoundFormat, Source
from kikimimi.types import FloatArray

_BLOCK_S = 0.1
_HELD_S = 20.0
_DEAD_S = 2.0
_WAIT_S = 0.25
_FIRST_RETRY_S, _LONGEST_RETRY_S = 1.0, 10.0


class MicrophoneSource(Source):
    """Hears an input; when it is unplugged, waits for it to come back.

    A device that gives nothing for two seconds is taken for lost: many drivers do not say so. What
    the listener cannot take in time is lost, and that is told.

    Args:
        device: its number, or a part of its name; the system's own choice if not given.
        sample_rate_hz: to record at.
        channels: to record.
        driver: the module that drives devices; for tests.
        monotonic: a clock that only goes on.
    """

    def __init__(
        self,
        device: str | None = None,
        *,
        sample_rate_hz: int = 48000,
        channels: int = 1,
        driver: Any = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"microphone {device}" if device is not None else "microphone"
        self._device = int(device) if device is not None and device.isdigit() else device
        self._sound = SoundFormat(sample_rate_hz, channels)
        self._driver = driver
        self._monotonic = monotonic
        self._inbox = _Inbox(round(_HELD_S / _BLOCK_S))
        self._stopped = Event()
        self._stream: Any = None

    def open(self) -> SoundFormat:
        """Open the device.

        Raises:
            ListeningError: sounddevice or PortAudio is not installed, or there is no such device.
        """
        if self._driver is None:
            self._driver = _load_driver()
        try:
            self._connect()
        except (self._driver.PortAudioError, ValueError, OSError) as error:
            raise ListeningError(
                f"{self.name}: cannot be opened ({_line(error)}); see kikimimi listen --devices"
            ) from error
        return self._sound

    def blocks(self) -> Iterator[Block]:
        """What is heard, without end but for `close`."""
        last_at = self._monotonic()
        while not self._stopped.is_set():
            samples, lost = self._inbox.take(_WAIT_S)
            if samples is not None:
                last_at = self._monotonic()
                complaint = "the listener is too slow; sound was lost" if lost else ""
                yield Block(samples, lost_s=lost * _BLOCK_S, complaint=complaint)
            elif self._monotonic() - last_at >= _DEAD_S:
                yield self._news("nothing comes from it; waiting for it to come back", is_away=True)
                if self._reconnect():
                    lost_s, last_at = self._monotonic() - last_at, self._monotonic()
                    yield self._news("is back", lost_s=lost_s)

    def close(self) -> None:
        """Stop hearing."""
        self._stopped.set()
        self._inbox.wake()

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        self._disconnect()

    def _connect(self) -> None:
        stream = self._driver.InputStream(
            samplerate=self._sound.sample_rate_hz,
            blocksize=round(_BLOCK_S * self._sound.sample_rate_hz),
            device=self._device,
            channels=self._sound.channels,
            dtype="float32",
            callback=self._heard,
        )
        self._stream = stream
        stream.start()

    def _disconnect(self) -> None:
        stream, self._stream = self._stream, None
        if stream is None:
            return
        try:
            stream.close()
        except (self._driver.PortAudioError, OSError):
            return  # the device is gone, and the stream with it

    def _reconnect(self) -> bool:
        """Try until the device is back; False when the listener is to stop."""
        wait_s = _FIRST_RETRY_S
        while not self._stopped.is_set():
            self._disconnect()
            try:
                _look_anew(self._driver)
                self._connect()
                return True
            except (self._driver.PortAudioError, ValueError, OSError):
                self._stopped.wait(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_RETRY_S)
        return False

    def _heard(self, data: FloatArray, frames: int, times: Any, status: Any) -> None:
        """Called by PortAudio's thread."""
        self._inbox.put(np.ascontiguousarray(data.T, np.float32).copy())

    def _news(self, text: str, *, lost_s: float = 0.0, is_away: bool = False) -> Block:
        empty = np.zeros((self._sound.channels, 0), np.float32)
        return Block(empty, lost_s=lost_s, complaint=text, is_away=is_away)


class _Inbox:
    """Blocks between the driver's thread and the listener's; what finds it full is lost."""

    def __init__(self, most: int) -> None:
        self._blocks: deque[tuple[FloatArray, int]] = deque()
        self._most = most
        self._lock = Lock()
        self._lost = 0
        self._came = Event()

    def put(self, samples: FloatArray) -> None:
        with self._lock:
            if len(self._blocks) >= self._most:
                self._lost += 1
            else:
                self._blocks.append((samples, self._lost))
                self._lost = 0
        self._came.set()

    def take(self, wait_s: float) -> tuple[FloatArray | None, int]:
        """The oldest block, and how many were lost before it; None where none comes in time."""
        if not self._blocks:
            self._came.wait(wait_s)
        with self._lock:
            self._came.clear()
            return self._blocks.popleft() if self._blocks else (None, 0)

    def wake(self) -> None:
        self._came.set()


def input_devices(driver: Any = None) -> list[tuple[int, str, int, float]]:
    """Number, name, channels and usual rate of every input.

    Raises:
        ListeningError: sounddevice or PortAudio is not installed.
    """
    found = (driver or _load_driver()).query_devices()
    return [
        (number, d["name"], d["max_input_channels"], d["default_samplerate"])
        for number, d in enumerate(found)
        if d["max_input_channels"] > 0
    ]


def _load_driver() -> Any:
    try:
        return import_module("sounddevice")
    except ImportError as error:
        raise ListeningError(
            "a microphone needs sounddevice; install it with: "
            'pip install "kikimimi[live]", or pipe sound in: ffmpeg ... | kikimimi listen -'
        ) from error
    except OSError as error:
        raise ListeningError(
            f"a microphone needs PortAudio ({_line(error)}); install it (Debian: libportaudio2), "
            "or pipe sound in: arecord ... | kikimimi listen -"
        ) from error


def _look_anew(driver: Any) -> None:
    """Have PortAudio look for devices again: it knows only those that were there at its start."""
    driver._terminate()
    driver._initialize()


def _line(error: Exception) -> str:
    return " ".join(str(error).split())
