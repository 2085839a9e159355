"""Rooms: the impulse response of a box by the image-source method. T samples, I images.

Allen and Berkley, "Image method for efficiently simulating small-room acoustics", Journal of the
Acoustical Society of America 65(4), 1979. Walls reflect all frequencies alike. Their reflection
coefficient, one for all six walls, is searched so that the response has the wanted reverberation
time; the formulas of Sabine and Eyring presuppose a diffuse field, which a box does not have.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import signal

from kikimimi.audio.conditions.contract import Condition, check_samples
from kikimimi.errors import ConfigError
from kikimimi.types import FloatArray

_SPEED_OF_SOUND = 343.0
"""In m/s, at 20 degrees Celsius."""

_NEAREST_M = 0.01
_OVERSAMPLING = 8
_LOWEST_HZ = 40.0
"""Images all have positive sign, which leaves a constant in the response; the paper too removes
the lowest frequencies."""

_FIT_DB = (-5.0, -35.0)
_COEFFICIENTS = (0.05, 0.9995)
_BISECTIONS = 16

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Room:
    """Record in a box-shaped room.

    Attributes:
        size_m: length, width and height.
        source_m: where the sound is.
        microphone_m: where the microphone is.
        rt60_s: time in which the reverberation falls by 60 dB (extrapolated from -5 to -35 dB).
    """

    size_m: Triple
    source_m: Triple
    microphone_m: Triple
    rt60_s: float

    def __post_init__(self) -> None:
        for name, place in (("source", self.source_m), ("microphone", self.microphone_m)):
            if not all(0 < x < size for x, size in zip(place, self.size_m, strict=True)):
                raise ConfigError(
                    f"the {name} at {place} m lies outside of the room of {self.size_m} m"
                )
        if np.linalg.norm(np.subtract(self.source_m, self.microphone_m)) < _NEAREST_M:
            raise ConfigError(f"source and microphone are less than {_NEAREST_M} m apart")
        if not 0.1 <= self.rt60_s <= 2.0:
            raise ConfigError(f"a reverberation time of {self.rt60_s} s; give 0.1 to 2 s")

    def apply(
        self, samples: FloatArray, sample_rate_hz: int, rng: np.random.Generator
    ) -> FloatArray:
        """(T,) -> (T,), see `Condition.apply`; what sounds on after the end is cut off."""
        clean = check_samples(samples, sample_rate_hz)
        response = impulse_response(self, sample_rate_hz)
        return signal.oaconvolve(clean, response)[: clean.size].astype(np.float32)


@lru_cache(maxsize=16)
def impulse_response(room: Room, sample_rate_hz: int) -> np.ndarray:
    """Return the room's impulse response (about rt60_s * rate,) float64, of energy 1.

    It starts with the direct sound: the time that this takes is left out.

    Raises:
        ConfigError: no reflection coefficient gives the wanted reverberation time.
    """
    images = _images(room)
    low, high = _COEFFICIENTS
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        response = _response(images, middle, sample_rate_hz)
        if reverberation_time(response, sample_rate_hz) < room.rt60_s:
            low = middle
        else:
            high = middle
    if low == _COEFFICIENTS[0] or high == _COEFFICIENTS[1]:
        raise ConfigError(
            f"no wall gives a room of {room.size_m} m a reverberation time of {room.rt60_s} s; "
            "choose another time or size"
        )
    response /= np.sqrt(np.sum(response**2))
    response.setflags(write=False)
    return response


def reverberation_time(response: np.ndarray, sample_rate_hz: int) -> float:
    """Return the time in seconds in which the reverberation of a response (T,) falls by 60 dB.

    By backward integration (Schroeder, "New method of measuring reverberation time", Journal of
    the Acoustical Society of America 37, 1965) and a line from -5 to -35 dB; 0 if it falls at once.
    """
    remaining = np.cumsum(np.square(response[::-1]))[::-1]
    levels_db = 10 * np.log10(np.maximum(remaining / remaining[0], 1e-12))
    (chosen,) = np.nonzero((levels_db <= _FIT_DB[0]) & (levels_db >= _FIT_DB[1]))
    if chosen.size < 2:
        return 0.0
    slope, _ = np.polyfit(chosen / sample_rate_hz, levels_db[chosen], 1)
    return float(-60.0 / slope)


def _response(images: "_Images", coefficient: float, sample_rate_hz: int) -> np.ndarray:
    """The response of walls that reflect `coefficient` of the pressure, not yet scaled."""
    powers = coefficient ** np.arange(images.reflections.max() + 1)
    places = np.rint(images.delays_s * (_OVERSAMPLING * sample_rate_hz)).astype(np.int64)
    gains = powers[images.reflections] / images.distances_m
    response = signal.resample_poly(np.bincount(places, weights=gains), 1, _OVERSAMPLING)
    sections = signal.butter(2, _LOWEST_HZ, "highpass", fs=sample_rate_hz, output="sos")
    return signal.sosfilt(sections, response)


@dataclass(frozen=True, slots=True, eq=False)
class _Images:
    """Delay after the direct sound, distance and number of reflections of each image: (I,)."""

    delays_s: np.ndarray
    distances_m: np.ndarray
    reflections: np.ndarray


def _images(room: Room) -> _Images:
    """The images whose sound arrives within the reverberation time.

    Equation (9) of the paper with equal walls: along each axis the images of the source lie at
    (1 - 2q) x + 2 n L and have met |n - q| + |n| walls, q in {0, 1}, n any whole number.
    """
    axes = zip(room.size_m, room.source_m, room.microphone_m, strict=True)
    direct_m = float(np.linalg.norm(np.subtract(room.source_m, room.microphone_m)))
    reach_m = direct_m + _SPEED_OF_SOUND * room.rt60_s
    (dx, nx), (dy, ny), (dz, nz) = (_axis_images(*axis, reach_m) for axis in axes)
    squares = dx[:, None, None] ** 2 + dy[None, :, None] ** 2 + dz[None, None, :] ** 2
    heard = squares <= reach_m**2
    distances_m = np.sqrt(squares[heard])
    reflections = (nx[:, None, None] + ny[None, :, None] + nz[None, None, :])[heard]
    return _Images((distances_m - direct_m) / _SPEED_OF_SOUND, distances_m, reflections)


def _axis_images(
    size_m: float, source_m: float, microphone_m: float, reach_m: float
) -> tuple[np.ndarray, np.ndarray]:
    """Distance along one axis, and number of reflections, of the images within reach."""
    count = int(np.ceil(reach_m / (2 * size_m))) + 1
    n = np.arange(-count, count + 1)
    plain = source_m + 2 * n * size_m - microphone_m
    mirrored = -source_m + 2 * n * size_m - microphone_m
    distances = np.concatenate([plain, mirrored])
    reflections = np.concatenate([2 * np.abs(n), np.abs(n - 1) + np.abs(n)])
    near = np.abs(distances) <= reach_m
    return distances[near], reflections[near]


CONDITIONS: dict[str, Condition] = {
    "room_small": Room(
        size_m=(3.6, 2.9, 2.5), source_m=(2.6, 1.9, 1.3), microphone_m=(1.1, 0.8, 1.2), rt60_s=0.35
    ),
    "room_large": Room(
        size_m=(11.3, 8.2, 4.1), source_m=(7.9, 5.6, 1.4), microphone_m=(3.2, 2.7, 1.6), rt60_s=1.0
    ),
}
