"""What every detector must keep, whoever wrote or trained it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import torch

from kikimimi.encoders.detection import registry, trained
from kikimimi.encoders.detection.contract import Detector
from kikimimi.encoders.detection.front_end import framed_log_mel
from kikimimi.encoders.detection.registry import (
    create_detector,
    default_detector,
    detector_names,
    load_detector,
)
from kikimimi.encoders.detection.streaming import ScoreStream, score_sound
from kikimimi.encoders.detection.trained import build_tagger, save_trained_detector
from kikimimi.encoders.detection.trained_config import TrainedDetectorConfig
from kikimimi.encoders.encoder_frames import EncoderFrames
from kikimimi.encoders.registry import create_encoder
from kikimimi.errors import EncoderError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel

FRONT_END = LogMelConfig(
    sample_rate_hz=16000, n_fft=1024, win_length=640, hop_length=320,
    n_mels=16, f_min_hz=0, f_max_hz=8000,
)  # fmt: skip
CLASSES = ("dog", "rain", "door_wood_knock")
TEXTS = {"title": "Tiny", "paper": "none", "licence": "CC0", "training_data": "none"}


def tiny_config(**changes) -> TrainedDetectorConfig:
    facts = {
        "name": "tiny",
        "classes": CLASSES,
        "frame_hop_s": 0.02,
        "window_s": 2.0,
        "front_end": FRONT_END,
        "network": "crnn",
        "network_options": {"n_mels": 16, "channels": (4, 4), "frequency_pools": (4, 2),
                            "time_pools": (1, 1), "gru_size": 3},
        "thresholds": (0.5, 0.4, 0.6),
        "median_frames": (1, 3, 7),
        **TEXTS,
    }  # fmt: skip
    return TrainedDetectorConfig(**(facts | changes))


def plain(config: TrainedDetectorConfig) -> dict:
    return json.loads(json.dumps(config.to_dict()))


def save_tiny(folder: Path, **changes) -> Path:
    config = tiny_config(**changes)
    encoder = None
    if config.encoder is not None:
        encoder = EncoderFrames(create_encoder(config.encoder), config.encoder_layers)
        encoder.load()
    torch.manual_seed(0)
    save_trained_detector(folder, config, build_tagger(config, encoder), facts={"seed": "0"})
    return folder


def network_alone(folder: Path) -> str:
    return str(save_tiny(folder))


def encoder_alone(folder: Path) -> str:
    encoder = create_encoder("placeholder")
    hop_s = encoder.card.frame_hop_s
    return str(
        save_tiny(
            folder, network=None, network_options={}, frame_hop_s=hop_s, window_s=100 * hop_s,
            encoder="placeholder", encoder_identity=encoder.identity,
        )
    )  # fmt: skip


def network_and_encoder(folder: Path) -> str:
    identity = create_encoder("placeholder").identity
    return str(save_tiny(folder, encoder="placeholder", encoder_identity=identity))


def network_and_layers(folder: Path) -> str:
    identity = create_encoder("kikimimi").identity
    head = {"encoder_units": 4, "gru_size": 3}
    return str(
        save_tiny(
            folder, encoder="kikimimi", encoder_identity=identity,
            encoder_layers=("layer12", "layer14"), head=head,
        )
    )  # fmt: skip


MAKERS = {
    "tags of frames": lambda folder: "kikimimi",
    "tags of windows": lambda folder: "placeholder",
    "network": network_alone,
    "encoder": encoder_alone,
    "network and encoder": network_and_encoder,
    "network and layers": network_and_layers,
}
if default_detector() != "kikimimi":
    MAKERS["the package's own"] = lambda folder: default_detector()


@pytest.fixture(scope="module", params=MAKERS)
def detector(request, tmp_path_factory) -> Detector:
    return load_detector(MAKERS[request.param](tmp_path_factory.mktemp("detector")))


def sounds(detector: Detector, count: int, duration_s: float) -> np.ndarray:
    length = round(duration_s * detector.card.sample_rate_hz)
    generator = np.random.default_rng(length)
    clips = 0.2 * generator.standard_normal((count, length))
    clips[:, length // 2 :] *= 0.01
    return clips.astype(np.float32)


def test_card_is_complete(detector) -> None:
    card = detector.card
    for text in (card.name, card.title, card.paper, card.licence, card.training_data):
        assert text.strip()
    assert re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", card.name)
    assert len(set(card.classes)) == len(card.classes) == len(detector.thresholds)
    assert len(detector.median_frames) == len(card.classes)
    assert np.all(detector.median_frames % 2 == 1)


@pytest.mark.parametrize("duration_s", [0.001, 0.5, 1.0, 2.337])
def test_scores_are_probabilities_of_each_frame(detector, duration_s) -> None:
    samples = sounds(detector, 2, duration_s)
    found = detector.score_frames(samples)
    frames = -(-samples.shape[1] // detector.card.frame_samples)
    assert found.scores.shape == (2, frames, len(detector.card.classes))
    assert found.scores.min() >= 0
    assert found.scores.max() <= 1
    assert found.boundaries_s.shape == (frames + 1,)
    assert np.all(np.diff(found.boundaries_s) > 0)
    assert found.boundaries_s[-1] == pytest.approx(samples.shape[1] / detector.card.sample_rate_hz)


def test_scores_depend_on_the_clip_alone(detector) -> None:
    samples = sounds(detector, 3, 1.5)
    together = detector.score_frames(samples).scores
    alone = np.concatenate([detector.score_frames(clip[None]).scores for clip in samples])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_a_stream_gives_the_scores_of_the_whole(detector) -> None:
    (samples,) = sounds(detector, 1, 2.5 * detector.card.window_s)
    whole = score_sound(detector, samples)
    stream = ScoreStream(detector)
    parts = [part for block in np.array_split(samples, 7) for part in stream.push(block)]
    assert np.array_equal(np.concatenate([*parts, *stream.finish()]), whole)
    assert len(whole) == -(-len(samples) // detector.card.frame_samples)


@pytest.mark.parametrize(
    "samples", [np.zeros(100), np.zeros((0, 100)), np.zeros((1, 0)), np.full((1, 100), np.nan)]
)
def test_impossible_samples_are_refused(detector, samples) -> None:
    with pytest.raises(EncoderError):
        detector.score_frames(samples)


def test_detector_is_made_again_from_its_reference(detector) -> None:
    again = create_detector(detector.reference)
    assert again.identity == detector.identity
    assert again.load().identity == detector.identity


def test_default_comes_first() -> None:
    assert detector_names()[0] == default_detector()


def test_weights_that_are_not_loaded_are_told(tmp_path) -> None:
    detector = create_detector(network_alone(tmp_path))
    with pytest.raises(EncoderError, match="call load"):
        detector.score_frames(np.zeros((1, 100), np.float32))


def test_a_trained_folder_is_what_was_saved(tmp_path) -> None:
    detector = load_detector(network_alone(tmp_path))
    assert plain(detector.config) == plain(tiny_config())
    assert detector.thresholds.tolist() == pytest.approx([0.5, 0.4, 0.6])
    assert "| seed | 0 |" in (tmp_path / "README.md").read_text(encoding="utf-8")


def test_a_detector_in_the_package_is_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (registry, trained):
        monkeypatch.setattr(module, "embedded_folder", lambda name: tmp_path / name)
    monkeypatch.setattr(trained, "_EMBEDDED", tmp_path)
    save_tiny(tmp_path / "kikimimi-detector", name="tiny")
    detector = load_detector()
    assert detector.card.embedded
    assert default_detector() == detector.reference == detector_names()[0] == "kikimimi-detector"
    assert create_detector("kikimimi-detector").identity == detector.identity


def test_identity_follows_thresholds(tmp_path) -> None:
    one = create_detector(str(save_tiny(tmp_path / "one")))
    other = create_detector(str(save_tiny(tmp_path / "other", thresholds=(0.5, 0.4, 0.5))))
    assert one.weights_digest == other.weights_digest
    assert one.identity != other.identity


def test_another_encoder_than_in_training_is_refused(tmp_path) -> None:
    save_tiny(tmp_path, encoder="placeholder", encoder_identity="placeholder@0")
    with pytest.raises(EncoderError, match="was trained on the encoder"):
        load_detector(str(tmp_path))


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("config.json", '"crnn"', '"crnm"', "cannot be made"),
        ("config.json", '"dog",', "", "one number in \\[0, 1\\] for each class"),
        ("config.json", '"frame_hop_s": 0.02,', "", "frame_hop_s"),
        ("config.json", '"n_mels": 16,\n    "f_min', '"mels": 16,\n    "f_min', "unknown"),
        ("config.json", '"weights_sha256": "', '"weights_sha256": "0', "SHA-256"),
    ],
)
def test_damaged_folders_are_told(tmp_path, file, old, new, told) -> None:
    save_tiny(tmp_path)
    text = (tmp_path / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(EncoderError, match=told) as caught:
        load_detector(str(tmp_path))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["kikimim", "logmel_statistics"])
def test_names_that_are_no_detectors_are_told(name) -> None:
    with pytest.raises(EncoderError):
        create_detector(name)


@pytest.mark.parametrize("center", [True, False])
@pytest.mark.parametrize("length", [1, 319, 320, 321, 16000])
def test_log_mels_have_a_frame_for_each_frame_of_scores(center, length) -> None:
    settings = LogMelConfig(**{**FRONT_END.to_dict(), "center": center})
    samples = np.random.default_rng(0).standard_normal((2, length)).astype(np.float32)
    found = framed_log_mel(LogMel(settings), samples, mel_frames=2)
    assert found.shape == (2, 16, 2 * -(-length // 640))
