"""Detection in a recording of many hours: memory, speed on one core, and no seams.

    python benchmarks/detect_long.py ../shared/data/esc50/audio --hours 15

A recording is made of real clips over a faint noise (44.1 kHz, 16-bit FLAC). It is detected in a
process of its own, whose greatest resident memory is told. Then stretches of it are heard alone,
each from a window before to a window behind it, on the grid that the whole is heard on, and their
events are compared with those of the whole.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from kikimimi.audio.reading import read_clip
from kikimimi.audio.resampling import resample

_RATE_HZ = 44100
_NOISE = 0.001
_PIECES = 8
_PIECE_WINDOWS = 40


def main() -> None:
    """Make the recording, detect it, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", type=Path)
    parser.add_argument("--hours", type=float, default=15.0)
    parser.add_argument("--detector", default=None)
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(_measured(options.clips, options.detector)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.flac"
        _make(path, options.clips, options.hours)
        command = [sys.executable, __file__, str(path), "--measure"]
        command += ["--detector", options.detector] if options.detector else []
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    if options.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:28s} {value}")


def _make(path: Path, clips: Path, hours: float) -> None:
    generator = np.random.default_rng(0)
    files = sorted(clips.glob("*.ogg")) + sorted(clips.glob("*.wav"))
    drawn = generator.choice(files, size=min(200, len(files)), replace=False)
    sounds = []
    for file in drawn:
        clip = read_clip(file)
        sounds.append(resample(clip.samples.mean(axis=0), clip.sample_rate_hz, _RATE_HZ))
    left = round(hours * 3600 * _RATE_HZ)
    with soundfile.SoundFile(path, "w", _RATE_HZ, 1, "PCM_16", format="FLAC") as file:
        while left > 0:
            length = min(left, round(generator.uniform(6, 20) * _RATE_HZ))
            stretch = _NOISE * generator.standard_normal(length).astype(np.float32)
            sound = sounds[generator.integers(len(sounds))][:length]
            stretch[: len(sound)] += 0.7 * sound
            file.write(np.clip(stretch, -1, 1))
            left -= length


def _measured(path: Path, name: str | None) -> dict[str, object]:
    import torch

    from kikimimi.encoders.detection.file_events import detect_file
    from kikimimi.encoders.detection.registry import load_detector

    torch.set_num_threads(1)
    detector = load_detector(name)
    before_mib = _resident_mib()
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    found = detect_file(path, detector)
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    resident_mib = _resident_mib()
    score_difference, pieces, equal = _compare(path, detector, found.events)
    return {
        "detector": detector.identity,
        "hours": round(found.duration_s / 3600, 3),
        "events": len(found.events),
        "greatest resident MiB": round(resident_mib),
        "of it before the file MiB": round(before_mib),
        "x real time, processor": round(found.duration_s / cpu_s),
        "x real time, clock": round(found.duration_s / wall_s),
        "stretches heard alone": pieces,
        "with the same events": equal,
        "largest shift of a score": score_difference,
    }


def _compare(path: Path, detector, events) -> tuple[float, int, int]:
    """Stretches heard alone against the whole: largest difference of event scores, how many, how
    many with the same events."""
    from kikimimi.encoders.detection.file_events import DetectionSettings, event_decoder
    from kikimimi.encoders.detection.streaming import ScoreStream

    card = detector.card
    stream = ScoreStream(detector)
    step = stream.step_frames * card.frame_samples / card.sample_rate_hz
    total_s = events[-1].offset_s
    starts = np.linspace(0, total_s / step - _PIECE_WINDOWS - 4, _PIECES).astype(int) * step
    largest, equal = 0.0, 0
    for start_s in starts:
        length_s = _PIECE_WINDOWS * step
        rate_hz, end_s = card.sample_rate_hz, start_s + length_s
        clip = read_clip(path, sample_rate_hz=rate_hz, mono=True, start_s=start_s, end_s=end_s)
        piece = ScoreStream(detector)
        decoder, columns = event_decoder(detector, DetectionSettings())
        alone = []
        for scores in (*piece.push(clip.samples[0]), *piece.finish()):
            alone.extend(decoder.push(scores[:, columns]))
        alone.extend(decoder.finish(length_s))
        inside_s = (start_s + card.window_s, start_s + length_s - card.window_s)
        one = _inside(events, inside_s, 0.0)
        other = _inside(alone, inside_s, start_s)
        same = [event[:3] for event in one] == [event[:3] for event in other]
        equal += same
        if same and one:
            shifts = [abs(a[3] - b[3]) for a, b in zip(one, other, strict=True)]
            largest = max(largest, *shifts)
    return largest, len(starts), equal


def _inside(events, inside_s, shift_s: float) -> list[tuple[str, float, float, float]]:
    """Label, onset, offset and score of the events that lie wholly inside of a stretch."""
    first_s, last_s = inside_s
    moved = (
        (e.event_label, round(e.onset_s + shift_s, 4), round(e.offset_s + shift_s, 4), e.score)
        for e in events
    )
    return sorted(event for event in moved if first_s <= event[1] and event[2] <= last_s)


def _resident_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
