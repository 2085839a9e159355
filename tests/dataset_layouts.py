"""Tiny copies of the layouts of all data sets, with sounds made on the spot."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from kikimimi.datasets import (
    crema_d,
    esc50,
    folders,
    fsd50k,
    gtzan,
    label_table,
    nsynth,
    random_split,
    soundscape_scenes,
    speech_commands,
    tut_scenes,
    urbansound8k,
    voxceleb1,
    voxforge,
)

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


def write_lines(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def make_speech_commands(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Each word by three speakers, one in each part, and noise that is no word."""
    patch.setattr(speech_commands, "CLIPS_PER_SPLIT", {"train": 35, "val": 35, "test": 35})
    speakers = {"train": "0a2b400e", "val": "1b4c9b89", "test": "2aca1e72"}
    names = {
        split: [f"{word}/{speaker}_nohash_0.wav" for word in speech_commands.CATEGORIES]
        for split, speaker in speakers.items()
    }
    for split, table in speech_commands.LISTS.items():
        write_lines(root / table, names[split])
    copies_of_one_sound(root, (root / name for several in names.values() for name in several))
    write_sound(root / "_background_noise_/pink_noise.wav")


def make_crema_d(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Twenty actors with one sentence in each emotion, one of them without a whole level."""
    patch.setattr(crema_d, "CLIP_COUNT", 120)
    names = [
        f"{1001 + actor}_IEO_{code}_{'X' if (actor, code) == (3, 'SAD') else 'XX'}.wav"
        for actor in range(20)
        for code in ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD")
    ]
    copies_of_one_sound(root, (root / "AudioWAV" / name for name in names))


def make_gtzan(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Ten excerpts of each genre, and the damaged one."""
    patch.setattr(gtzan, "CLIPS_PER_CATEGORY", 10)
    names = [f"{genre}.{number:05}.wav" for genre in gtzan.CATEGORIES for number in range(10)]
    copies_of_one_sound(root, (root / "genres" / name.split(".")[0] / name for name in names))
    (root / "genres/jazz/jazz.00054.wav").write_bytes(b"damaged")


def make_nsynth(root: Path, patch: pytest.MonkeyPatch) -> None:
    """One note of each family in each part, but no synth lead outside of training."""
    patch.setattr(nsynth, "CLIPS_PER_SPLIT", {"train": 11, "val": 10, "test": 10})
    audio = []
    for folder in ("nsynth-train", "nsynth-valid", "nsynth-test"):
        notes = {
            f"{family}_{folder[7:10]}_000-060-100": {"instrument_family": number, "pitch": 60}
            for number, family in enumerate(nsynth.CATEGORIES)
            if family != "synth_lead" or folder == "nsynth-train"
        }
        (root / folder).mkdir(parents=True)
        (root / folder / "examples.json").write_text(json.dumps(notes), encoding="utf-8")
        audio += [root / folder / "audio" / f"{name}.wav" for name in notes]
    copies_of_one_sound(root, audio)


def make_voxforge(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Ten speakers of each language, one with two submissions, and an anonymous one."""
    submissions = [f"speaker{number}-20080101-abc" for number in range(10)]
    submissions += ["speaker0-20090101-xyz", "anonymous-20080101-abc"]
    places = [
        root / language / submission / "wav" / f"{language}1-01.wav"
        for language in voxforge.CATEGORIES
        for submission in submissions
    ]
    copies_of_one_sound(root, places)


def make_voxceleb1(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Two speakers with a video in each part, of two utterances each."""
    patch.setattr(voxceleb1, "SPEAKER_COUNT", 2)
    patch.setattr(voxceleb1, "CLIPS_PER_SPLIT", {"train": 4, "val": 4, "test": 4})
    names = {
        f"{speaker}/video{split}/0000{number}.wav": split
        for speaker in ("id10001", "id10002")
        for split in (1, 2, 3)
        for number in (1, 2)
    }
    write_lines(root / voxceleb1.TABLE, (f"{split} {name}" for name, split in names.items()))
    part = {1: "dev/wav", 2: "dev/wav", 3: "test/wav"}
    copies_of_one_sound(root, (root / part[split] / name for name, split in names.items()))


def make_soundscape_scenes(root: Path, patch: pytest.MonkeyPatch) -> None:
    """Two splits with a clip of each of two scenes."""
    write_lines(root / "soundscapes.yaml", ["name: tiny"])
    for split in ("test", "train"):
        names = {f"{split}_{scene}.flac": scene for scene in ("home", "street")}
        copies_of_one_sound(root, (root / split / "audio" / name for name in names))
        recordings = [
            {
                "file_metadata": {"identifiers": {"filename": name}, "duration": 0.1},
                "annotations": [{"namespace": "scaper", "data": []}],
                "sandbox": {"scene": scene, "soundscape": name},
            }
            for name, scene in names.items()
        ]
        content = {"classes": ["dog"], "scenes": ["home", "street"], "recordings": recordings}
        (root / f"{split}.json").write_text(json.dumps(content), encoding="utf-8")


def make_tut_scenes(root: Path, patch: pytest.MonkeyPatch) -> None:
    """A recording of two clips of each of two scenes in each of two folds."""
    rows = [
        (fold, f"audio/{fold}{scene[0]}_{start}.wav", scene, f"{fold}{scene[0]}")
        for fold in (1, 2)
        for scene in ("beach", "office")
        for start in (0, 30)
    ]
    write_lines(root / "meta.txt", ("\t".join(row[1:]) for row in rows))
    copies_of_one_sound(root, (root / row[1] for row in rows))
    for fold in (1, 2):
        setup = root / "evaluation_setup"
        tested = ("\t".join(row[1:3]) for row in rows if row[0] == fold)
        write_lines(setup / f"fold{fold}_evaluate.txt", tested)
        trained = ("\t".join(row[1:3]) for row in rows if row[0] != fold)
        write_lines(setup / f"fold{fold}_train.txt", trained)


LAYOUTS: dict[str, Callable[[Path, pytest.MonkeyPatch], None]] = {
    esc50.NAME: make_esc50,
    random_split.NAME: make_esc50,
    urbansound8k.NAME: make_urbansound8k,
    fsd50k.NAME: make_fsd50k,
    folders.NAME: make_folders,
    label_table.NAME: make_table,
    speech_commands.NAME: make_speech_commands,
    crema_d.NAME: make_crema_d,
    gtzan.NAME: make_gtzan,
    nsynth.NAME: make_nsynth,
    voxforge.NAME: make_voxforge,
    voxceleb1.NAME: make_voxceleb1,
    soundscape_scenes.NAME: make_soundscape_scenes,
    tut_scenes.NAME: make_tut_scenes,
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
