"""Views for distillation: each clip clean and several times changed, as the teacher hears it.

Every view keeps its log-mel spectrogram and the teacher's scores on it, so that the teacher runs
once per view and not once per epoch ("a good teacher is patient and consistent", Beyer et al.,
CVPR 2022: teacher and student see the same view). Clips are only ever mixed with clips of the
same fold, so that a view of a training fold holds nothing of a test fold.

Axes: V views, N mel frames, F mel bands, P teacher patches, K_e events, K_c classes.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from kikimimi.audio.reading import read_clip
from kikimimi.audio.resampling import resample
from kikimimi.encoders.published.yamnet_tflite import EVENT_COUNT
from kikimimi.errors import KikimimiError
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import YAMNET
from kikimimi.files import draft_of
from kikimimi.pretraining.yamnet_teacher import (
    PATCH_HOP_S,
    PATCH_SAMPLES,
    SAMPLE_RATE_HZ,
    YamnetTeacher,
)
from kikimimi.types import FloatArray

VIEW_S = 5.0
VIEW_FRAMES = 512
"""Mel frames kept of a view: 5 s and the silence up to a multiple of 32 frames."""

NO_FOLD = 0
"""Fold of audio that belongs to no test fold."""

_VIEW_SAMPLES = int(VIEW_S * SAMPLE_RATE_HZ)
_PADDED_SAMPLES = (VIEW_FRAMES - 1) * YAMNET.hop_length + YAMNET.win_length
_PATCHES = 1 + -(-(_VIEW_SAMPLES - PATCH_SAMPLES) // int(PATCH_HOP_S * SAMPLE_RATE_HZ))


@dataclass(frozen=True, slots=True)
class SourceClip:
    """A clip to make views of; `target` is its class, None for audio without a label."""

    path: Path
    fold: int
    target: int | None


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """How views differ from their clips."""

    versions: int = 4
    """Views of each clip, the first one unchanged."""
    class_count: int = 50
    mix_probability: float = 0.7
    max_mix_db: float = 12.0
    """The other clip of a mix is 0 to this many dB weaker."""
    speed_range: float = 0.15
    gain_db: tuple[float, float] = (-15.0, 6.0)
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """All views, memory-mapped."""

    log_mel: np.ndarray
    """(V, N, F) float16"""
    events: np.ndarray
    """(V, P, K_e) float16, the teacher's scores"""
    classes: FloatArray
    """(V, K_c), the share of each class; all NaN without a label"""
    frames: np.ndarray
    """(V,) mel frames before the padding"""
    folds: np.ndarray
    """(V,)"""
    clips: np.ndarray
    """(V,) index of the clip that the view was made of"""


def make_views(
    folder: Path, sources: Sequence[SourceClip], teacher: Path, settings: ViewSettings
) -> Views:
    """Make the views of `sources` in `folder`, or open them if they are there already."""
    marker = folder / "views.json"
    description = json.dumps({"clips": len(sources), **asdict(settings)}, sort_keys=True)
    if not marker.exists() or marker.read_text() != description:
        folder.mkdir(parents=True, exist_ok=True)
        marker.unlink(missing_ok=True)
        _write_views(folder, sources, YamnetTeacher(teacher), settings)
        with draft_of(marker) as draft:
            draft.write_text(description)
    return open_views(folder)


def open_views(folder: Path) -> Views:
    """Open finished views."""
    return Views(
        log_mel=np.load(folder / "log_mel.npy", mmap_mode="r"),
        events=np.load(folder / "events.npy", mmap_mode="r"),
        classes=np.load(folder / "classes.npy"),
        frames=np.load(folder / "frames.npy"),
        folds=np.load(folder / "folds.npy"),
        clips=np.load(folder / "clips.npy"),
    )


def _write_views(
    folder: Path, sources: Sequence[SourceClip], teacher: YamnetTeacher, settings: ViewSettings
) -> None:
    waveforms = [_read(source.path) for source in sources]
    partners = _partners(sources)
    count = len(sources) * settings.versions
    log_mel = _create(folder / "log_mel.npy", np.float16, (count, VIEW_FRAMES, YAMNET.n_mels))
    events = _create(folder / "events.npy", np.float16, (count, _PATCHES, EVENT_COUNT))
    classes = np.full((count, settings.class_count), np.nan, np.float32)
    frames = np.zeros(count, np.int32)
    front_end = LogMel(YAMNET)
    for view in range(count):
        index, version = divmod(view, settings.versions)
        generator = np.random.default_rng((settings.seed, view))
        others = partners[sources[index].fold]
        samples, share, other = (
            _view(waveforms, index, others, generator, settings)
            if version
            else (waveforms[index][:_VIEW_SAMPLES], 1.0, index)
        )
        log_mel[view] = front_end(np.pad(samples, (0, _PADDED_SAMPLES - len(samples)))).T
        scores = teacher.patch_scores(samples)
        events[view] = scores[np.minimum(np.arange(_PATCHES), len(scores) - 1)]
        frames[view] = YAMNET.frame_count(len(samples))
        _set_target(classes[view], sources[index].target, share)
        _set_target(classes[view], sources[other].target, 1 - share)
        if view % 500 == 0:
            print(f"views {view}/{count}", flush=True)
    log_mel.flush()
    events.flush()
    np.save(folder / "classes.npy", classes)
    np.save(folder / "frames.npy", frames)
    folds = np.array([source.fold for source in sources])
    np.save(folder / "folds.npy", np.repeat(folds, settings.versions))
    np.save(folder / "clips.npy", np.repeat(np.arange(len(sources)), settings.versions))


def _view(
    waveforms: list[FloatArray],
    index: int,
    others: np.ndarray,
    generator: np.random.Generator,
    settings: ViewSettings,
) -> tuple[FloatArray, float, int]:
    """A changed copy of clip `index`: samples, the clip's share in the mix, the other clip."""
    samples = _change_speed(_stretch_of(waveforms[index], generator), generator, settings)
    share, other = 1.0, index
    if len(others) > 1 and generator.random() < settings.mix_probability:
        other = int(generator.choice(others))
        added = _change_speed(_stretch_of(waveforms[other], generator), generator, settings)
        samples, share = _mix(samples, added, generator.uniform(0, settings.max_mix_db))
    gain = 10 ** (generator.uniform(*settings.gain_db) / 20)
    return np.clip(samples * gain, -1, 1).astype(np.float32), share, other


def _mix(samples: FloatArray, added: FloatArray, weaker_db: float) -> tuple[FloatArray, float]:
    """Add a sound `weaker_db` below the first; the share of the first is by amplitude.

    The share follows between-class learning (Tokozume, Ushiku and Harada, ICLR 2018, eq. 2).
    """
    ratio = 10 ** (-weaker_db / 20)
    level, added_level = _level(samples), _level(added)
    if min(level, added_level) < 1e-5:
        return samples, 1.0
    length = max(len(samples), len(added))
    mixed = np.zeros(length, np.float32)
    mixed[: len(samples)] = samples
    mixed[: len(added)] += ratio * level / added_level * added
    peak = float(np.abs(mixed).max())
    return mixed / max(peak, 1.0), 1 / (1 + ratio)


def _level(samples: FloatArray) -> float:
    """Root mean square of the louder parts, which silence around an event does not lower."""
    blocks = samples[: len(samples) // 1600 * 1600].reshape(-1, 1600)
    blocks = blocks if len(blocks) else samples[None]
    powers = np.square(blocks).mean(axis=1)
    return float(np.sqrt(np.sort(powers)[-max(1, len(powers) // 5) :].mean()))


def _change_speed(
    samples: FloatArray, generator: np.random.Generator, settings: ViewSettings
) -> FloatArray:
    if generator.random() < 0.5:
        return samples
    factor = 1 + generator.uniform(-settings.speed_range, settings.speed_range)
    return resample(samples, round(SAMPLE_RATE_HZ * factor), SAMPLE_RATE_HZ)[:_VIEW_SAMPLES]


def _stretch_of(samples: FloatArray, generator: np.random.Generator) -> FloatArray:
    start = int(generator.integers(0, max(1, len(samples) - _VIEW_SAMPLES + 1)))
    return samples[start : start + _VIEW_SAMPLES]


def _set_target(classes: FloatArray, target: int | None, share: float) -> None:
    if target is not None and share > 0:
        classes[:] = np.nan_to_num(classes)
        classes[target] += share


def _partners(sources: Sequence[SourceClip]) -> dict[int, np.ndarray]:
    folds = np.array([source.fold for source in sources])
    return {int(fold): np.flatnonzero(folds == fold) for fold in np.unique(folds)}


def _read(path: Path) -> FloatArray:
    try:
        return read_clip(path, sample_rate_hz=SAMPLE_RATE_HZ, mono=True, end_s=30.0).samples[0]
    except KikimimiError as error:
        print(f"left out: {error}", flush=True)
        return np.zeros(SAMPLE_RATE_HZ, np.float32)


def _create(path: Path, dtype: type, shape: tuple[int, ...]) -> np.memmap:
    return np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)
