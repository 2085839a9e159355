"""Soundscapes: what is written down is what sounds, and the same recipe gives the same bytes."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.datasets.annotations import read_annotations
from kikimimi.datasets.annotations.jams import read_recordings
from kikimimi.datasets.records import LabelledClip
from kikimimi.datasets.soundscape import SoundscapeRecipe, make_soundscapes
from kikimimi.datasets.soundscape.activity import sounding_stretches
from kikimimi.datasets.soundscape.backgrounds import Surroundings, make_background
from kikimimi.datasets.soundscape.folder import SoundscapeFolder
from kikimimi.datasets.soundscape.looping import faded, repeated
from kikimimi.datasets.soundscape.placement import plan_soundscape, scene_order
from kikimimi.datasets.soundscape.recipe import BackgroundSettings, SplitSettings
from kikimimi.datasets.soundscape.rendering import at_speed
from kikimimi.datasets.soundscape.sources import SourcePool
from kikimimi.datasets.soundscape.statistics import split_statistics
from kikimimi.errors import ConfigError, DatasetError
from kikimimi.training.config import build
from kikimimi.types import Event

RATE_HZ = 16000
TONES_HZ = {"low": 440.0, "high": 3000.0, "long": 1200.0}

RECIPE: dict[str, Any] = {
    "name": "small",
    "length_s": 6.0,
    "clip_s": 3.0,
    "snr_db": [20.0, 20.0],
    "background_dbfs": [-45.0, -45.0],
    "splits": {"train": {"minutes": 0.6, "folds": [1]}, "test": {"minutes": 0.2, "folds": [2]}},
    "events": {
        "low": {},
        "high": {},
        "long": {"kind": "texture", "duration_s": [1.0, 4.0]},
    },
    "scenes": {
        "inside": {
            "backgrounds": [{"kind": "hum"}, {"kind": "ventilation"}],
            "rooms": [{"size_m": [3.6, 2.9, 2.5], "rt60_s": 0.3, "places": 1}],
            "groups": {
                "pair": {
                    "episodes_per_minute": 20,
                    "episode_s": [2.0, 4.0],
                    "events": {"low": 1.0, "high": [1, 1]},
                }
            },
        },
        "outside": {
            "backgrounds": [{"kind": "noise", "name": "pink"}],
            "groups": {
                "all": {
                    "episodes_per_minute": 30,
                    "episode_s": [3.0, 5.0],
                    "events": {"long": 1.0, "low": 0.5},
                }
            },
        },
    },
}


def recipe(**changes: Any) -> SoundscapeRecipe:
    return build(SoundscapeRecipe, RECIPE | changes, where="test")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[LabelledClip]:
    """Tones from 0.5 s to 1.3 s in files of 2 s, two of each label in each fold."""
    folder = tmp_path_factory.mktemp("sources")
    clips = []
    for target, (label, pitch_hz) in enumerate(TONES_HZ.items()):
        for fold in (1, 2):
            for take in "AB":
                source = f"{target}{fold}{take}"
                samples = np.zeros(2 * RATE_HZ)
                time_s = np.arange(int(0.8 * RATE_HZ)) / RATE_HZ
                samples[RATE_HZ // 2 :][: len(time_s)] = 0.5 * np.sin(2 * np.pi * pitch_hz * time_s)
                path = folder / f"{fold}-{source}-{take}.wav"
                soundfile.write(path, samples, RATE_HZ)
                clips.append(LabelledClip(path, label, target, fold, source, take))
    return clips


@pytest.fixture(scope="module")
def pool(sources: list[LabelledClip]) -> SourcePool:
    return SourcePool(sources, sample_rate_hz=RATE_HZ)


def make(out: Path, sources: list[LabelledClip], wanted: SoundscapeRecipe | None = None) -> Any:
    return make_soundscapes(
        wanted or recipe(), recipe_text="recipe\n", sources=sources, licence="own", out=out
    )


@pytest.fixture(scope="module")
def made(sources: list[LabelledClip], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made") / "out"
    make(out, sources)
    return out


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_recipe_gives_the_same_bytes(made: Path, sources, tmp_path: Path) -> None:
    make(tmp_path / "again", sources)
    assert digests(tmp_path / "again") == digests(made)
    make(tmp_path / "other", sources, recipe(seed=1))
    assert digests(tmp_path / "other") != digests(made)


def test_a_stopped_run_goes_on_to_the_same_bytes(made: Path, sources, tmp_path: Path) -> None:
    def stop(done: int, total: int, path: Path, seconds: float) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_soundscapes(
            recipe(),
            recipe_text="recipe\n",
            sources=sources,
            licence="own",
            out=tmp_path,
            progress=stop,
        )
    assert not SoundscapeFolder(tmp_path).complete
    report = make(tmp_path, sources)
    assert (report.made, report.kept) == (5, 3)
    assert digests(tmp_path) == digests(made)


def test_what_is_complete_is_left_alone(made: Path, sources) -> None:
    before = digests(made)
    report = make(made, sources)
    assert (report.made, report.kept) == (0, 8)
    assert digests(made) == before


def test_tables_and_descriptions_agree(made: Path) -> None:
    for split in ("train", "test"):
        table = read_annotations(made / f"{split}.tsv", classes=tuple(TONES_HZ))
        description = read_annotations(made / f"{split}.json")
        assert list(table) == list(description)
        assert set(table) == {path.name for path in (made / split / "audio").iterdir()}
        for name, events in table.items():
            for one, other in zip(events, description[name], strict=True):
                assert one.event_label == other.event_label
                assert one.onset_s == pytest.approx(other.onset_s, abs=1e-6)
                assert one.offset_s == pytest.approx(other.offset_s, abs=1e-6)


def test_clips_are_16_bit_flac_of_the_length_that_was_asked_for(made: Path) -> None:
    for path in (made / "train/audio").iterdir():
        info = soundfile.info(path)
        assert (info.format, info.subtype, info.samplerate) == ("FLAC", "PCM_16", RATE_HZ)
        assert (info.channels, info.frames) == (1, 3 * RATE_HZ)


def test_what_is_annotated_sounds_and_what_is_not_does_not(made: Path) -> None:
    heard = {True: 0, False: 0}
    for recording in read_recordings(made / "train.json"):
        about = recording["sandbox"]
        if about["scene"] != "outside":
            continue
        name = recording["file_metadata"]["identifiers"]["filename"]
        samples, _ = soundfile.read(made / "train/audio" / name)
        frames = samples.reshape(-1, RATE_HZ // 50)
        for label, pitch_hz in TONES_HZ.items():
            phase = np.exp(-2j * np.pi * pitch_hz * np.arange(frames.shape[1]) / RATE_HZ)
            level = np.abs(frames @ phase)
            expected = np.zeros(len(frames), dtype=bool)
            edges = np.zeros(len(frames), dtype=bool)
            for row in recording["annotations"][0]["data"]:
                if row["value"]["label"] == label:
                    start, end = 50 * row["time"], 50 * (row["time"] + row["duration"])
                    expected[round(start) : round(end)] = True
                    for edge in (start, end):
                        edges[max(0, int(edge) - 3) : int(edge) + 4] = True
            if not expected.any():
                continue
            threshold = 0.3 * np.median(level[expected])
            wrong = (level > threshold) != expected
            assert not (wrong & ~edges).any()
            heard[True] += int(expected.sum())
            heard[False] += int((~expected).sum())
    assert min(heard.values()) > 50


def test_the_ratio_of_event_to_background_is_the_one_written_down(sources, tmp_path) -> None:
    for snr_db in (0.0, 12.0):
        out = tmp_path / str(snr_db)
        make(out, sources, recipe(snr_db=[snr_db, snr_db]))
        values = [
            observation["value"]
            for recording in read_recordings(out / "train.json")
            for observation in recording["annotations"][0]["data"]
            if recording["sandbox"]["scene"] == "outside"
        ]
        assert {value["snr"] for value in values} == {snr_db}
        # the tones have a level of -9 dB, faded at their edges; the background one of -45 dB
        for value in values:
            assert value["gain_db"] == pytest.approx(snr_db - 45 + 9, abs=0.6)


def test_events_are_played_at_the_speeds_that_are_written_down(sources, tmp_path) -> None:
    splits = RECIPE["splits"]
    slower_and_faster = {**splits, "train": splits["train"] | {"speed": [0.7, 1.4]}}
    make(tmp_path, sources, recipe(splits=slower_and_faster))
    shifts = set()
    for recording in read_recordings(tmp_path / "train.json"):
        name = recording["file_metadata"]["identifiers"]["filename"]
        samples, _ = soundfile.read(tmp_path / "train/audio" / name)
        for row in recording["annotations"][0]["data"]:
            value = row["value"]
            if row["duration"] < 0.3:
                continue
            shifts.add(value["pitch_shift"])
            own_hz = TONES_HZ[value["label"]]
            start = round(row["time"] * RATE_HZ)
            part = samples[start : start + round(row["duration"] * RATE_HZ)]
            spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), n=RATE_HZ))
            low, high = round(0.68 * own_hz), round(1.44 * own_hz)
            heard = spectrum[low:high].argmax() + low
            assert heard == pytest.approx(
                own_hz * 2 ** ((value["pitch_shift"] or 0) / 12), rel=0.02
            )
    assert len(shifts) > 3
    for recording in read_recordings(tmp_path / "test.json"):
        for row in recording["annotations"][0]["data"]:
            assert row["value"]["pitch_shift"] is None and row["value"]["time_stretch"] is None


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), speed=st.sampled_from([0.5, 0.75, 0.95, 1.05, 1.3, 2.0]))
def test_a_stretch_of_a_clip_fills_its_event_at_any_speed(pool, seed: int, speed: float) -> None:
    wanted = recipe()
    split = SplitSettings(1.0, (1,), (speed, speed))
    rng = np.random.default_rng(seed)
    for scene in wanted.scenes:
        for event in plan_soundscape(wanted, scene=scene, split=split, pool=pool, rng=rng).events:
            taken = at_speed(np.zeros(event.source_count, np.float32), event.speed)
            cut_at_the_end = event.end == round(wanted.length_s * RATE_HZ)
            assert len(taken) >= event.count or event.label == "long"
            assert len(taken) <= event.count + 1 or cut_at_the_end


def test_splits_use_their_own_folds_only(made: Path, sources) -> None:
    folds = {clip.path.name: clip.fold for clip in sources}
    for split, fold in (("train", 1), ("test", 2)):
        rows = [
            row
            for recording in read_recordings(made / f"{split}.json")
            for row in recording["annotations"][0]["data"]
        ]
        assert rows
        assert {folds[row["value"]["source_file"]] for row in rows} == {fold}


def test_recordings_of_two_splits_are_used_in_the_first_only(sources, tmp_path: Path) -> None:
    """The second take of each sound is of one recording in both folds."""
    shared = [
        replace(clip, source_id=f"both {clip.label}") if clip.take == "B" else clip
        for clip in sources
    ]
    make(tmp_path, shared)
    takes = {
        split: {
            row["value"]["source_file"].removesuffix(".wav")[-1]
            for recording in read_recordings(tmp_path / f"{split}.json")
            for row in recording["annotations"][0]["data"]
        }
        for split in ("train", "test")
    }
    assert takes == {"train": {"A", "B"}, "test": {"A"}}


def test_splits_that_share_a_fold_are_refused() -> None:
    with pytest.raises(ConfigError, match="both use fold 1"):
        recipe(splits={"train": {"minutes": 1, "folds": [1]}, "b": {"minutes": 1, "folds": [1]}})


def test_folders_of_other_recipes_and_other_files_are_refused(made, sources, tmp_path) -> None:
    with pytest.raises(DatasetError, match=r"soundscapes.yaml: is of another recipe"):
        make_soundscapes(recipe(), recipe_text="other\n", sources=sources, licence="own", out=made)
    (tmp_path / "mine.txt").touch()
    with pytest.raises(DatasetError, match="holds files that are no soundscapes"):
        make(tmp_path, sources)


def test_changed_and_missing_files_are_named(sources, tmp_path: Path) -> None:
    make(tmp_path, sources)
    folder = SoundscapeFolder(tmp_path)
    folder.check()
    first = min((tmp_path / "train/audio").iterdir())
    first.write_bytes(b"changed")
    with pytest.raises(DatasetError, match=f"{first.name}: has changed"):
        folder.check()
    first.unlink()
    with pytest.raises(DatasetError, match=f"{first.name}: is missing"):
        folder.check()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"polifony": 3}, "unknown key 'polifony'; did you mean 'polyphony'"),
        ({"clip_s": 4.0}, "length_s 6 must be a multiple of clip_s 4"),
        ({"snr_db": [3.0, 1.0]}, "give the lower one first"),
        ({"events": {"low": {}, "high": {}}}, "there is no event 'long'; known: low, high"),
        ({"events": {"low": {"duration_s": [0.01, 2.0]}}}, "give 0.1 <= low <= high <= 30"),
        ({"polyphony": 0}, "polyphony is 0"),
        ({"splits": {"train": {"minutes": 1, "folds": [1], "speed": [0.1, 1]}}}, "give 0.5 <= low"),
        ({"splits": {"train": {"minutes": 1, "folds": []}}}, "at least one fold"),
        ({"scenes": {"a": {"backgrounds": [], "groups": {}}}}, "a scene needs a background"),
        ({"scenes": {"a": {"backgrounds": [{"kind": "radio"}], "groups": {}}}}, "must be one of"),
    ],
)
def test_impossible_recipes_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        recipe(**changes)


def test_a_category_without_sounds_is_named(sources, tmp_path: Path) -> None:
    wanted = recipe(events=RECIPE["events"] | {"low": {"categories": ["lo"]}})
    with pytest.raises(DatasetError, match="no sound of 'lo' in the folds 1"):
        make(tmp_path, sources, wanted)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), polyphony=st.integers(1, 3))
def test_no_plan_passes_the_polyphony_or_the_ends(pool, seed: int, polyphony: int) -> None:
    wanted = recipe(polyphony=polyphony)
    rng = np.random.default_rng(seed)
    split = wanted.splits["train"]
    plan = plan_soundscape(wanted, scene="outside", split=split, pool=pool, rng=rng)
    length = round(wanted.length_s * RATE_HZ)
    active = np.zeros(length, dtype=int)
    for number, event in enumerate(plan.events):
        assert 0 <= event.start < event.end <= length
        active[event.start : event.end] += 1
        for other in plan.events[number + 1 :]:
            apart = other.start >= event.end or event.start >= other.end
            assert apart or other.label != event.label
    assert active.max(initial=0) <= polyphony


@settings(max_examples=30)
@given(st.integers(1, 200))
def test_scenes_come_as_often_as_their_weights_say(count: int) -> None:
    scenes = RECIPE["scenes"]
    wanted = recipe(scenes={**scenes, "inside": scenes["inside"] | {"weight": 3.0}})
    order = scene_order(wanted, count)
    assert order.count("inside") == pytest.approx(0.75 * count, abs=1)


def test_stretches_are_those_that_sound() -> None:
    samples = np.zeros(RATE_HZ, dtype=np.float32)
    rng = np.random.default_rng(0)
    for start_s, end_s in ((0.1, 0.3), (0.35, 0.5), (0.8, 0.95)):
        part = samples[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]
        part += 0.1 * rng.standard_normal(len(part)).astype(np.float32)
    found = sounding_stretches(samples, RATE_HZ, join_gap_s=0.1, shortest_s=0.1)
    seconds = np.array(found) / RATE_HZ
    np.testing.assert_allclose(seconds, [[0.1, 0.5], [0.8, 0.95]], atol=0.025)
    silent = np.zeros(RATE_HZ, np.float32)
    assert sounding_stretches(silent, RATE_HZ, join_gap_s=0.1, shortest_s=0.1) == ()


def test_a_steady_sound_is_one_stretch() -> None:
    samples = 0.1 * np.random.default_rng(0).standard_normal(2 * RATE_HZ).astype(np.float32)
    found = sounding_stretches(samples, RATE_HZ, join_gap_s=0.3, shortest_s=0.1)
    assert found == ((0, 2 * RATE_HZ),)


@settings(max_examples=30)
@given(st.integers(30, 400), st.integers(1, 3000), st.integers(0, 500))
def test_repetition_of_noise_keeps_its_level(length: int, count: int, crossfade: int) -> None:
    sound = np.random.default_rng(length).standard_normal(length).astype(np.float32)
    result = repeated(sound, count, crossfade=crossfade)
    assert len(result) == count
    assert np.abs(result).max() <= np.sqrt(2) * np.abs(sound).max() + 1e-5


def test_fades_begin_and_end_in_silence() -> None:
    result = faded(np.ones(1000, np.float32), fade_in=100, fade_out=200)
    assert result[0] < 0.01
    assert result[-1] < 0.01
    assert (result[100:800] == 1).all()
    assert (np.diff(result[:100]) > 0).all()
    assert (np.diff(result[800:]) < 0).all()


@pytest.mark.parametrize(
    "settings",
    [
        BackgroundSettings("noise", "pink"),
        BackgroundSettings("noise", "street"),
        BackgroundSettings("ambience", "long"),
        BackgroundSettings("ventilation"),
        BackgroundSettings("hum"),
    ],
    ids=lambda settings: f"{settings.kind}-{settings.name}",
)
def test_backgrounds_have_unit_level_and_depend_on_the_seed_only(settings, pool) -> None:
    def made(seed: int) -> np.ndarray:
        surroundings = Surroundings(pool, (1,), np.random.default_rng(seed), RATE_HZ)
        return make_background(settings, 5 * RATE_HZ, surroundings).samples

    samples = made(0)
    assert samples.shape == (5 * RATE_HZ,)
    assert np.sqrt(np.mean(samples.astype(np.float64) ** 2)) == pytest.approx(1, abs=1e-4)
    np.testing.assert_array_equal(samples, made(0))
    if settings.kind != "ambience":  # the sources are all alike
        assert not np.array_equal(samples, made(1))
    seconds = samples.reshape(5, -1).astype(np.float64)
    assert np.sqrt(np.mean(seconds**2, axis=1)).min() > 0.3  # there all the time


def test_ambience_of_silent_clips_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "silent.wav"
    soundfile.write(path, np.zeros(RATE_HZ), RATE_HZ)
    pool = SourcePool([LabelledClip(path, "rain", 0, 1, "1", "A")], sample_rate_hz=RATE_HZ)
    surroundings = Surroundings(pool, (1,), np.random.default_rng(0), RATE_HZ)
    with pytest.raises(DatasetError, match="no clip of 'rain' sounds"):
        make_background(BackgroundSettings("ambience", "rain"), RATE_HZ, surroundings)


def test_statistics_count_frames_polyphony_and_what_comes_together() -> None:
    figures = split_statistics(
        {
            "a": (Event(0, 1, "dog"), Event(0.5, 1.5, "cat"), Event(3, 3.01, "cat")),
            "b": (Event(0, 4, "dog"),),
            "c": (),
        },
        classes=("cat", "dog", "cow"),
        scene_of={"a": "home", "b": "home", "c": "street"},
        clip_s=4.0,
        durations_s={"cat": [1.0, 0.01], "dog": [1.0, 8.0]},
    )
    assert figures["frames"] == 600
    classes = figures["classes"]
    assert [(name, classes[name]["frames"]) for name in classes] == [
        ("dog", 250),
        ("cat", 51),
        ("cow", 0),
    ]
    assert figures["imbalance"] == pytest.approx(250 / 51, abs=0.01)
    assert figures["active_share"] == pytest.approx(301 / 1800, abs=1e-5)
    # of 600 frames two sound at once for 0.5 s, one for 1 s, one frame more, and all of b
    assert figures["polyphony"] == {
        "0": pytest.approx(324 / 600, abs=1e-5),
        "1": pytest.approx(251 / 600, abs=1e-5),
        "2": pytest.approx(25 / 600, abs=1e-5),
    }
    assert figures["together"] == [["cat", "dog", 1]]
    assert figures["scenes"] == {"home": 2, "street": 1}
    assert classes["dog"]["longest_s"] == 8.0
