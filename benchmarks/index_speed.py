"""Speed of indexing against a plain loop of librosa.load and the same network, in one run.

    python benchmarks/index_speed.py ../shared/data/esc50/audio ../shared/data/sfx

Both read the same files. The plain loop is what one writes first: one process, `librosa.load` at
16 kHz, `librosa.feature.melspectrogram`, the network in torch as it comes, one file after the
other; nothing is written. It is timed with torch's default number of threads and with one. The
encoder alone decodes and embeds with one thread. The index decodes, embeds, tags, measures and
writes a library; it is timed with one worker and with one a core, workers' start included. Files
that either cannot read are skipped by both.
"""

import argparse
import contextlib
import json
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import librosa
import numpy as np
import torch

from kikimimi import Library, load_encoder
from kikimimi.audio.discovery import is_audio_path
from kikimimi.audio.native_messages import silence_native_messages
from kikimimi.encoders.file_embedding import embed_file
from kikimimi.errors import AudioError

_RATE_HZ = 16000


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("places", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take each n-th file only")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    silence_native_messages()
    files = _files(options.places)[:: options.every]
    cores = len(os.sched_getaffinity(0))
    results = {
        f"plain loop, {torch.get_num_threads()} torch threads": _plain_loop(files),
        "plain loop, 1 torch thread": _with_one_thread(lambda: _plain_loop(files)),
        "encoder alone, 1 torch thread": _with_one_thread(lambda: _encoder_alone(files)),
        "index, 1 worker": _index(files, workers=1),
        f"index, {cores} workers": _index(files, workers=cores),
    }
    _report(results, cores, as_json=options.json)


def _files(places: Sequence[Path]) -> list[Path]:
    found = [path for place in places for path in sorted(place.rglob("*")) if is_audio_path(path)]
    return [path for path in found if path.is_file()]


def _plain_loop(files: Sequence[Path]) -> tuple[float, float]:
    """Seconds of sound and seconds taken."""
    network = load_encoder()._network
    assert network is not None
    _embed(network, np.zeros(_RATE_HZ, np.float32))  # what is made on the first call
    seconds_of_sound = 0.0
    began = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in files:
            try:
                samples, _ = librosa.load(path, sr=_RATE_HZ)
            except Exception:  # noqa: BLE001 -- a plain loop has to get past every bad file
                continue
            if len(samples):
                _embed(network, samples)
                seconds_of_sound += len(samples) / _RATE_HZ
    return seconds_of_sound, time.perf_counter() - began


def _embed(network: torch.nn.Module, samples: np.ndarray) -> np.ndarray:
    mel = librosa.feature.melspectrogram(
        y=np.pad(samples, (0, max(0, 15600 - len(samples)))),
        sr=_RATE_HZ,
        n_fft=512,
        win_length=400,
        hop_length=160,
        n_mels=64,
        fmin=125,
        fmax=7500,
        htk=True,
        norm=None,
        power=1,
    )
    log_mel = np.log(mel + 0.001).T
    frames = -(-len(log_mel) // 32) * 32
    log_mel = np.pad(log_mel, ((0, frames - len(log_mel)), (0, 0)), constant_values=np.log(0.001))
    with torch.no_grad():
        return network(torch.from_numpy(log_mel[None].astype(np.float32))).embedding.numpy()


def _encoder_alone(files: Sequence[Path]) -> tuple[float, float]:
    encoder = load_encoder()
    seconds_of_sound = 0.0
    began = time.perf_counter()
    for path in files:
        with contextlib.suppress(AudioError):
            seconds_of_sound += embed_file(path, encoder).duration_s
    return seconds_of_sound, time.perf_counter() - began


def _with_one_thread(call: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return call()
    finally:
        torch.set_num_threads(before)


def _index(files: Sequence[Path], *, workers: int) -> tuple[float, float]:
    with (
        tempfile.TemporaryDirectory() as folder,
        Library(Path(folder) / "speed.kikimimi") as library,
    ):
        began = time.perf_counter()
        report = library.index(files, workers=workers)
        return report.audio_seconds, time.perf_counter() - began


def _report(results: dict[str, tuple[float, float]], cores: int, *, as_json: bool) -> None:
    rates = {name: sound / seconds for name, (sound, seconds) in results.items()}
    plain = max(rate for name, rate in rates.items() if name.startswith("plain"))
    for name, (sound, seconds) in results.items():
        record = {
            "what": name,
            "seconds_of_sound": round(sound, 1),
            "seconds": round(seconds, 2),
            "times_real_time": round(rates[name], 1),
            "times_real_time_per_core": round(rates[name] / (cores if f"{cores} w" in name else 1)),
            "times_faster_plain_loop": round(rates[name] / plain, 2),
        }
        if as_json:
            print(json.dumps(record))
        else:
            print("  ".join(f"{key} {value}" for key, value in record.items()))


if __name__ == "__main__":
    main()
