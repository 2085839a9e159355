"""What cleaning does to clean sounds with faults of known levels.

    python benchmarks/cleaning_quality.py --shared ../shared
    python benchmarks/cleaning_quality.py --shared ../shared --parts noise --clips 20 --noisereduce

* `noise`: ESC-50 clips with a noise floor 45 dB under them, plus stationary noise at a known
  signal-to-noise ratio (white, pink, and recorded vacuum cleaners), through noise reduction with
  the profile that it finds. SI-SDR (Le Roux et al., ICASSP 2019) before and after. With
  `--noisereduce` also that package (stationary mode, its defaults), which must be installed.
* `hum`: the same clips plus six harmonics of 50 Hz at 0 dB, through hum removal.
* `sibilance`: effects at 44.1 or 48 kHz that do not hiss themselves (from 5 to 10 kHz 15 dB less
  than below 4 kHz), plus bursts of noise from 5 to 10 kHz at their level, through the de-esser.
  How far the bursts were lowered, and how much the level below 4 kHz and that of the time between
  bursts changed.
* `levels`: effects through loudness normalisation, the loudness measured by pyloudnorm, the true
  peak by sixteenfold oversampling with SciPy.

Every draw follows from --seed. One JSON line a figure.
"""

import argparse
import json
import random
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy import signal

from kikimimi.audio.conditions.noises import coloured_noise
from kikimimi.audio.reading import read_clip
from kikimimi.cleaning.analysis.analyser import analyse_clip
from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.contract import Stage
from kikimimi.cleaning.stages.de_esser import DeEsser
from kikimimi.cleaning.stages.hum_removal import HumRemoval
from kikimimi.cleaning.stages.loudness_normalisation import LoudnessNormalisation
from kikimimi.cleaning.stages.noise_reduction import NoiseReduction
from kikimimi.errors import AudioError
from kikimimi.types import Clip

RATE_HZ = 16000
CLEAN_SNR_DB = 45
BURST_BAND_HZ = (5000, 10000)
HISSING_DB = 15
TARGETS_LUFS = (-16.0, -23.0)
VACUUM_CLEANER = 36

Samples = np.ndarray


def main() -> None:
    """Print one JSON line for each figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--noisereduce", action="store_true")
    args = parser.parse_args()
    for part in args.parts:
        for figure in PARTS[part](args):
            print(json.dumps({"part": part, "seed": args.seed, **figure}), flush=True)


def noise_part(args: argparse.Namespace) -> Iterator[dict[str, object]]:
    clips = clean_clips(args.shared, args.clips, args.seed)
    methods: dict[str, Callable[[Samples], Samples]] = {
        f"noise_reduction {reduction_db} dB": with_stage(NoiseReduction(reduction_db=reduction_db))
        for reduction_db in (15.0, 24.0)
    }
    if args.noisereduce:
        methods["noisereduce"] = with_noisereduce
    for snr_db in (0, 10, 20):
        for colour in ("white", "pink", "vacuum cleaner"):
            rng = np.random.default_rng(args.seed)
            noises = noises_of(colour, args.shared, rng)
            pairs = [(clip, at_snr(clip, next(noises)[: len(clip)], snr_db)) for clip in clips]
            for method, run in methods.items():
                gains = [si_sdr(clip, run(noisy)) - si_sdr(clip, noisy) for clip, noisy in pairs]
                yield {"snr_db": snr_db, "noise": colour, "method": method, **summary(gains)}


def hum_part(args: argparse.Namespace) -> Iterator[dict[str, object]]:
    clips = clean_clips(args.shared, args.clips, args.seed)
    rng = np.random.default_rng(args.seed)
    gains = []
    for clip in clips:
        time_s = np.arange(len(clip)) / RATE_HZ
        mains_hz = 50 + rng.uniform(-0.1, 0.1)
        phases = rng.uniform(0, 2 * np.pi, 6)
        lines = [
            np.sin(2 * np.pi * mains_hz * k * time_s + phase) / k
            for k, phase in enumerate(phases, start=1)
        ]
        noisy = at_snr(clip, np.sum(lines, axis=0), 0)
        gains.append(si_sdr(clip, with_stage(HumRemoval())(noisy)) - si_sdr(clip, noisy))
    yield {"snr_db": 0, "noise": "hum", "method": "hum_removal", **summary(gains)}


def sibilance_part(args: argparse.Namespace) -> Iterator[dict[str, object]]:
    rng = np.random.default_rng(args.seed)
    burst_db, between_db, below_db = [], [], []
    for samples, rate_hz in effects(args.shared, 3 * args.clips, args.seed, least_s=1.5):
        if len(burst_db) == args.clips:
            break
        mono = samples.mean(axis=0)
        hiss_db, body_db = (band_level_db(mono, rate_hz, b) for b in (BURST_BAND_HZ, (50, 4000)))
        if hiss_db > body_db - HISSING_DB:
            continue
        bursts, is_on = burst_train(len(mono), rate_hz, rng)
        level = np.sqrt(np.mean(mono**2)) / np.sqrt(np.mean(bursts[is_on] ** 2))
        harsh = mono + level * bursts
        out = with_stage(DeEsser(), rate_hz)(harsh)
        # The bands that the bursts are not in, and the moments at which there is none
        off = ~np.convolve(is_on, np.ones(round(0.1 * rate_hz)), mode="same").astype(bool)
        burst_db.append(band_change(harsh, out, rate_hz, BURST_BAND_HZ, is_on))
        below_db.append(band_change(harsh, out, rate_hz, (50, 4000), np.ones_like(is_on)))
        if off.any():
            between_db.append(level_change(harsh[off], out[off]))
    yield {"method": "de_esser", "what": "bursts, 5 to 10 kHz", **summary(burst_db)}
    yield {"method": "de_esser", "what": "below 4 kHz", **summary(below_db)}
    yield {"method": "de_esser", "what": "between bursts", **summary(between_db)}


def levels_part(args: argparse.Namespace) -> Iterator[dict[str, object]]:
    import pyloudnorm

    for target_lufs in TARGETS_LUFS:
        misses, peaks_db, left = [], [], 0
        for samples, rate_hz in effects(args.shared, args.clips, args.seed, least_s=0.5):
            stage = LoudnessNormalisation(target_lufs=target_lufs)
            clip, (report,) = clean_clip([Step(stage)], Clip(samples, rate_hz))
            peaks_db.append(true_peak_db(clip.samples))
            meter = pyloudnorm.Meter(rate_hz, filter_class="DeMan")
            # BS.1770 does not count a last block that is not whole; pyloudnorm may.
            whole = int(clip.duration_s * 10) * rate_hz // 10
            loudness = meter.integrated_loudness(clip.samples.T[:whole].astype(np.float64))
            # What no limiter could bring there is told by the stage itself.
            reached = (report.figures or {}).get("loudness_after_lufs")
            if not isinstance(reached, float) or abs(reached - target_lufs) > 0.05:
                left += 1
                continue
            misses.append(abs(loudness - target_lufs))
        yield {
            "method": "loudness_normalisation",
            "target_lufs": target_lufs,
            "clips": len(peaks_db),
            "not reached, as told": left,
            "greatest miss LU": round(max(misses), 3),
            "highest true peak dBTP": round(max(peaks_db), 3),
        }


def clean_clips(shared: Path, count: int, seed: int) -> list[Samples]:
    """ESC-50 clips (T,) at 16 kHz in which what is steady lies 45 dB under the rest."""
    files = sorted((shared / "data" / "esc50" / "audio").iterdir())
    random.Random(seed).shuffle(files)
    found: list[Samples] = []
    for file in files:
        clip = read_clip(file, mono=True)
        snr_db = analyse_clip(clip).figures.snr_db
        if snr_db is not None and snr_db >= CLEAN_SNR_DB:
            found.append(clip.samples[0].astype(np.float64))
        if len(found) == count:
            break
    return found


def effects(
    shared: Path, count: int, seed: int, *, least_s: float
) -> Iterator[tuple[np.ndarray, int]]:
    """Samples (C, T) and rates of effects at 44.1 or 48 kHz that are not silent."""
    files = sorted((shared / "data" / "sfx").rglob("*.*"))
    random.Random(seed).shuffle(files)
    for file in files:
        try:
            clip = read_clip(file)
        except AudioError:
            continue
        is_fit = clip.sample_rate_hz in (44100, 48000) and least_s <= clip.duration_s <= 30
        if is_fit and np.abs(clip.samples).max() > 0.01:
            yield clip.samples, clip.sample_rate_hz
            count -= 1
        if count == 0:
            return


def noises_of(colour: str, shared: Path, rng: np.random.Generator) -> Iterator[Samples]:
    """Noises without end, 5 s each."""
    if colour != "vacuum cleaner":
        while True:
            yield coloured_noise(rng, 5 * RATE_HZ, RATE_HZ, colour)
    files = sorted((shared / "data" / "esc50" / "audio").glob(f"*-{VACUUM_CLEANER}.ogg"))
    steady = []
    for file in files:
        clip = read_clip(file, mono=True)
        powers = np.square(clip.samples[0].astype(np.float64)).reshape(50, -1).mean(axis=1)
        if powers.min() > powers.max() / 2:
            steady.append(clip.samples[0].astype(np.float64))
    while True:
        yield steady[int(rng.integers(len(steady)))]


def burst_train(count: int, rate_hz: int, rng: np.random.Generator) -> tuple[Samples, np.ndarray]:
    """Bursts of noise of 80 ms each half second, and where they are."""
    band = signal.butter(6, BURST_BAND_HZ, "bandpass", fs=rate_hz, output="sos")
    noise = signal.sosfiltfilt(band, rng.standard_normal(count))
    phase = (np.arange(count) / rate_hz) % 0.5
    is_on = (phase > 0.2) & (phase < 0.28)
    ramp = round(0.005 * rate_hz)
    envelope = np.convolve(is_on, np.hanning(ramp) / np.hanning(ramp).sum(), mode="same")
    return noise * envelope, is_on


def with_stage(stage: Stage, rate_hz: int = RATE_HZ) -> Callable[[Samples], Samples]:
    """Samples (T,) through one stage."""

    def run(samples: Samples) -> Samples:
        clip = Clip(samples[None].astype(np.float32), rate_hz)
        return clean_clip([Step(stage)], clip)[0].samples[0].astype(np.float64)

    return run


def with_noisereduce(samples: Samples) -> Samples:
    import noisereduce

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the package, about nothing that matters here
        return noisereduce.reduce_noise(y=samples, sr=RATE_HZ, stationary=True)


def at_snr(clip: Samples, noise: Samples, snr_db: float) -> Samples:
    power = np.mean(clip**2) * 10 ** (-snr_db / 10)
    return clip + noise * np.sqrt(power / np.mean(noise**2))


def si_sdr(reference: Samples, estimate: Samples) -> float:
    """Scale-invariant signal-to-distortion ratio in dB, Le Roux et al., equation 2."""
    target = (estimate @ reference) / (reference @ reference) * reference
    return float(10 * np.log10(np.sum(target**2) / np.sum((estimate - target) ** 2)))


def band_change(
    before: Samples, after: Samples, rate_hz: int, band_hz: tuple[float, float], where: np.ndarray
) -> float:
    band = signal.butter(6, band_hz, "bandpass", fs=rate_hz, output="sos")
    first, second = (signal.sosfiltfilt(band, samples)[where] for samples in (before, after))
    return level_change(first, second)


def band_level_db(samples: Samples, rate_hz: int, band_hz: tuple[float, float]) -> float:
    band = signal.butter(6, band_hz, "bandpass", fs=rate_hz, output="sos")
    return float(10 * np.log10(np.mean(signal.sosfiltfilt(band, samples) ** 2) + 1e-20))


def level_change(before: Samples, after: Samples) -> float:
    return float(10 * np.log10((np.mean(after**2) + 1e-20) / (np.mean(before**2) + 1e-20)))


def true_peak_db(samples: Samples) -> float:
    finer = signal.resample_poly(samples.astype(np.float64), 16, 1, axis=1, window=("kaiser", 9.0))
    return float(20 * np.log10(np.abs(finer).max()))


def summary(values: list[float]) -> dict[str, object]:
    low, middle, high = np.percentile(values, (10, 50, 90))
    return {
        "clips": len(values),
        "mean": round(float(np.mean(values)), 2),
        "p10": round(float(low), 2),
        "median": round(float(middle), 2),
        "p90": round(float(high), 2),
        "least": round(float(min(values)), 2),
        "greatest": round(float(max(values)), 2),
    }


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[dict[str, object]]]] = {
    "noise": noise_part,
    "hum": hum_part,
    "sibilance": sibilance_part,
    "levels": levels_part,
}

if __name__ == "__main__":
    main()
