"""Tiny copies of the layouts of all data sets, with sounds made on the spot."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from kikimimi.datasets import esc50, folders, fsd50k, label_table, random_split, urbansound8k

US8K_HEADER = ("slice_file_name", "fsID", "start", "end", "salience", "fold", "classID", "class")
FSD50K_LABELS = ("Bark", "Dog", "Water_tap_and_faucet")


def write_sound(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = 0.1 * np.random.default_rng(seed).standard_normal(800)
    soundfile.write(path, samples, 8000)
    return path


def write_table(path: Path, rows: Iterable[Sequence[object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def copies_of_one_sound(root: Path, paths: Iterable[Path]) -> None:
    sound = write_sound(root / "one.wav")
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(sound, path)
    sound.unlink()


def make_esc50(root: Path, patch: pytest.MonkeyPatch) -> None:
    """One clip of each category in each fold."""
    patch.setattr(esc50, "CLIPS_PER_CATEGORY_AND_FOLD", 1)
    rows = [
        (f"{fold}-{1000 * fold + target}-A-{target}.wav", fold, target, category, False)
        for fold in esc50.FOLDS
        for target, category in enumerate(esc50.CATEGORIES)
    ]
    header = ("filename", "fold", "target", "category", "esc10", "src_file", "take")
    table_rows = [(*row, row[0].split("-")[1], "A") for row in rows]
    write_table(root / "meta/esc50.csv", [header, *table_rows])
    copies_of_one_sound(root, (root / "audio" / row[0] for row in rows))


def make_urbansound8k(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Two slices of one recording of each class in each fold."""
    patch.setattr(urbansound8k, "CLIPS_PER_FOLD", (20,) * 10)
    rows = []
    for fold in urbansound8k.FOLDS:
        for target, category in enumerate(urbansound8k.CATEGORIES):
            source = 100 * fold + target
            for take in (0, 1):
                name = f"{source}-{target}-0-{take}.wav"
                rows.append((name, source, 0.0, 4.0, 1, fold, target, category))
    write_table(root / "metadata/UrbanSound8K.csv", [US8K_HEADER, *rows])
    copies_of_one_sound(root, (root / f"audio/fold{row[5]}" / row[0] for row in rows))


def make_fsd50k(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Three classes, 4 clips to train, 2 to validate, 2 to test."""
    patch.setattr(fsd50k, "CATEGORY_COUNT", 3)
    patch.setattr(fsd50k, "CLIPS_PER_SPLIT", {"train": 4, "val": 2, "test": 2})
    truth = root / "FSD50K.ground_truth"
    write_table(truth / "vocabulary.csv", [(n, x, f"/m/{n}") for n, x in enumerate(FSD50K_LABELS)])
    labels = ("Bark,Dog", "Dog", "Water_tap_and_faucet", "Dog,Water_tap_and_faucet")
    splits = ("train", "train", "train", "train", "val", "val")
    dev = [(10 + n, labels[n % 4], "/m/0", split) for n, split in enumerate(splits)]
    evaluation = [(90 + n, labels[n], "/m/0") for n in range(2)]
    write_table(truth / "dev.csv", [("fname", "labels", "mids", "split"), *dev])
    write_table(truth / "eval.csv", [("fname", "labels", "mids"), *evaluation])
    audio = [root / f"FSD50K.dev_audio/{row[0]}.wav" for row in dev]
    audio += [root / f"FSD50K.eval_audio/{row[0]}.wav" for row in evaluation]
    copies_of_one_sound(root, audio)
    for part, rows in (("dev", dev), ("eval", evaluation)):
        address = "http://creativecommons.org/licenses/by/3.0/"
        described = {str(row[0]): {"license": address, "title": "t"} for row in rows}
        place = root / f"FSD50K.metadata/{part}_clips_info_FSD50K.json"
        place.parent.mkdir(exist_ok=True)
        place.write_text(json.dumps(described), encoding="utf-8")


def make_folders(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Two labels, one in Japanese, with loose files and with sessions."""
    for number in range(4):
        write_sound(root / f"犬/bark {number}.wav", number)
    for session, number in ((1, 1), (1, 2), (2, 1), (3, 1)):
        write_sound(root / f"door/session {session}/slam{number}.wav", 10 * session + number)


def make_table(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Two labels, with sources and without folds."""
    rows = [(f"audio/{n}.wav", ("street", "park")[n % 2], f"place{n // 2}") for n in range(8)]
    write_table(root / "meta.csv", [("filename", "label", "source"), *rows])
    for number, row in enumerate(rows):
        write_sound(root / row[0], number)


LAYOUTS: dict[str, Callable[[Path, pytest.MonkeyPatch], None]] = {
    esc50.NAME: make_esc50,
    random_split.NAME: make_esc50,
    urbansound8k.NAME: make_urbansound8k,
    fsd50k.NAME: make_fsd50k,
    folders.NAME: make_folders,
    label_table.NAME: make_table,
}
"""Makes a valid, tiny copy of each data set in a folder."""

TABLES = {
    esc50.NAME: "meta/esc50.csv",
    random_split.NAME: "meta/esc50.csv",
    urbansound8k.NAME: "metadata/UrbanSound8K.csv",
    fsd50k.NAME: "FSD50K.ground_truth/dev.csv",
    label_table.NAME: "meta.csv",
}
"""The table that names the audio files, where there is one."""
