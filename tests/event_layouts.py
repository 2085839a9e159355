"""Tiny copies of the layouts of all data sets of sound events, with sounds made on the spot."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import soundfile

from kikimimi.datasets.event_sets import (
    desed,
    maestro_real,
    soundscapes,
    tut_acoustic_scenes,
    tut_sound_events,
    urbansound_sed,
)

RATE_HZ = 4000


def write_sound(path: Path, duration_s: float = 3.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = 0.1 * np.random.default_rng(0).standard_normal(round(duration_s * RATE_HZ))
    soundfile.write(path, samples, RATE_HZ)
    return path


def write_rows(path: Path, rows: Iterable[Sequence[object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join("\t".join(map(str, row)) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def make_soundscapes(root: Path) -> None:
    """Two splits of two clips, one of them silent, without running the synthesis."""
    write_rows(root / "soundscapes.yaml", [("name: tiny",)])
    for split in ("test", "train"):
        recordings = []
        for number, label in enumerate(("dog", None)):
            name = f"{split}_0000_0{number}.flac"
            write_sound(root / split / "audio" / name)
            value = {"label": label, "role": "foreground"}
            observations = [{"time": 0.5, "duration": 1.0, "value": value, "confidence": 1.0}]
            annotation = {"namespace": "scaper", "data": observations if label else []}
            about = {"identifiers": {"filename": name}, "duration": 3.0}
            sandbox = {"scene": "street", "soundscape": f"{split}_0000"}
            recordings.append(
                {"file_metadata": about, "annotations": [annotation], "sandbox": sandbox}
            )
        lists = {"classes": ["cat", "dog"], "scenes": ["home", "street"]}
        path = root / f"{split}.json"
        path.write_text(json.dumps(lists | {"recordings": recordings}), encoding="utf-8")


def make_desed(root: Path) -> None:
    """Every part of DESED with two clips."""
    head = ("filename", "onset", "offset", "event_label")
    places = {
        "train/synthetic21_train/soundscapes": "train/synthetic21_train/soundscapes.tsv",
        "train/strong_label_real": "train/audioset_strong.tsv",
        "validation/synthetic21_validation/soundscapes": (
            "validation/synthetic21_validation/soundscapes.tsv"
        ),
        "validation/validation": "validation/validation.tsv",
        "eval/public": "eval/public.tsv",
    }
    for number, (folder, table) in enumerate(places.items()):
        names = [f"{number}{take}.wav" for take in "ab"]
        rows = [(names[0], 0.1, 2.5, "Speech"), (names[0], 1, 2, "Dog"), (names[1], "", "", "")]
        write_rows(root / "metadata" / table, [head, *rows])
        for name in names:
            write_sound(root / "audio" / folder / name)
    weak = [("Yabc_0.000_10.000.wav", "Speech,Dog"), ("Yx_y_30.000_40.000.wav", "Cat")]
    write_rows(root / "metadata/train/weak.tsv", [("filename", "event_labels"), *weak])
    for name, _ in weak:
        write_sound(root / "audio/train/weak" / name)
    write_sound(root / "audio/train/unlabel_in_domain/Yabc_10.000_20.000.wav")


def make_urbansound_sed(root: Path) -> None:
    """Two clips in each split, with text annotations."""
    for split in ("train", "validate", "test"):
        for number, rows in enumerate(([(0.5, 2.0, "siren"), (1, 3, "car_horn")], [])):
            stem = f"soundscape_{split}_uniform{number}"
            write_rows(root / f"annotations/{split}/{stem}.txt", rows)
            write_sound(root / f"audio/{split}/{stem}.wav")


def make_maestro_real(root: Path) -> None:
    """One recording in each of two scenes."""
    for scene in ("cafe_restaurant", "metro_station"):
        rows = [(0, 1, "footsteps", 0.2), (1, 2, "footsteps", 1.0000000001), (1, 2, "car", 0.7)]
        write_rows(root / f"development_annotation/soft_labels_{scene}/{scene}_00.txt", rows)
        write_sound(root / f"development_audio/{scene}/{scene}_00.wav")


def make_tut_sound_events(root: Path) -> None:
    """Two recordings in each of two scenes, in the two forms of the annotation, and one fold."""
    setup = root / "evaluation_setup"
    for scene, label in (("home", "(object) rustling"), ("street", "car")):
        paths = [f"audio/{scene}/{scene[0]}00{number}.wav" for number in (1, 2)]
        plain, full = ((0.5, 1.5, label),), ((paths[1], scene, 1, 2.5, label, "m", "x2"),)
        for path, rows in zip(paths, (plain, full), strict=True):
            write_sound(root / path)
            write_rows(root / f"meta/{scene}/{Path(path).stem}.ann", rows)
        write_rows(setup / f"{scene}_fold1_train.txt", [(paths[0], scene, 0.5, 1.5, label)])
        write_rows(setup / f"{scene}_fold1_test.txt", [(paths[1], scene)])
        write_rows(setup / f"{scene}_fold1_evaluate.txt", [(paths[1], scene, 1, 2.5, label)])


def make_tut_acoustic_scenes(root: Path) -> None:
    """Two clips of one recording in each of two scenes, and one fold."""
    rows = [
        (f"audio/{source}_{start}.wav", scene, source)
        for source, scene in (("b020", "beach"), ("a001", "office"))
        for start in (0, 30)
    ]
    write_rows(root / "meta.txt", rows)
    for path, _, _ in rows:
        write_sound(root / path)
    setup = root / "evaluation_setup"
    write_rows(setup / "fold1_train.txt", [row[:2] for row in rows[:2]])
    write_rows(setup / "fold1_test.txt", [row[:1] for row in rows[2:]])
    write_rows(setup / "fold1_evaluate.txt", [row[:2] for row in rows[2:]])


EVENT_LAYOUTS: dict[str, Callable[[Path], None]] = {
    soundscapes.NAME: make_soundscapes,
    desed.NAME: make_desed,
    urbansound_sed.NAME: make_urbansound_sed,
    maestro_real.NAME: make_maestro_real,
    tut_sound_events.NAME: make_tut_sound_events,
    tut_acoustic_scenes.NAME: make_tut_acoustic_scenes,
}
"""Makes a valid, tiny copy of each data set in a folder."""

EVENT_TABLES = {
    desed.NAME: ("metadata/validation/validation.tsv", "3a.wav\t2\t1\tDog"),
    urbansound_sed.NAME: ("annotations/train/soundscape_train_uniform0.txt", "2\t1\tsiren"),
    maestro_real.NAME: (
        "development_annotation/soft_labels_metro_station/metro_station_00.txt",
        "2\t1\tcar\t0.5",
    ),
    tut_sound_events.NAME: ("meta/street/s001.ann", "2\t1\tcar"),
}
"""A table of those that have one with times, and a row whose offset is before its onset."""
