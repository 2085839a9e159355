"""Detectors on an encoder: its frozen frames, alone or joined, and its network fine-tuned."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from detection_toys import CLASSES, loop, recipe_with

from kikimimi.audio.reading import read_clip
from kikimimi.encoders.detection.registry import load_detector
from kikimimi.encoders.trained import save_trained_encoder
from kikimimi.encoders.trained_config import TrainedConfig
from kikimimi.errors import ConfigError
from kikimimi.networks.registry import config_type, create_network
from kikimimi.tasks.detection.data import DetectionData
from kikimimi.tasks.detection.exporting import DetectorFacts, export_detector
from kikimimi.tasks.detection.network import build_network, taggers_in
from kikimimi.tasks.detection.network_start import start_from_encoder
from kikimimi.tasks.detection.prediction import predict, repeated
from kikimimi.tasks.detection.runs import (
    encoder_of,
    evaluate_detector,
    load_tagger,
    train_detector,
)
from kikimimi.training.config import build


@pytest.mark.parametrize(
    "named",
    [
        {"name": "placeholder", "joined": False},
        {"name": "placeholder", "joined": True},
        {"name": "kikimimi", "joined": False, "layers": ["layer12"]},
        {"name": "kikimimi", "joined": True, "layers": ["layer12", "layer14"]},
    ],
)
def test_frozen_frames_of_an_encoder_are_learnt_from(named, soundscapes, tmp_path) -> None:
    recipe = recipe_with(
        encoder=named,
        loop=loop(8),
        batch={"strong": 4},
        head={"encoder_units": 16, "gru_size": 8} if named.get("layers") else {},
    )
    encoder = encoder_of(recipe)
    data = DetectionData(soundscapes, recipe, tmp_path / "cache", encoder=encoder)
    train_detector(recipe, data, tmp_path / "run", progress=False)
    assert evaluate_detector(tmp_path / "run", data)["fixed"]["micro_auc"] > 0.75
    facts = DetectorFacts("on-an-encoder", "toys")
    export_detector(tmp_path / "run", tmp_path / "detector", data, facts)
    detector = load_detector(str(tmp_path / "detector"))
    split = data.split("test")
    samples = read_clip(split.segments[0].clip.path, sample_rate_hz=16000).samples
    heard = detector.score_frames(samples).scores[0]
    hop_s = recipe.front_end.frame_hop_s
    step = detector.card.frame_hop_s / hop_s
    wanted = predict(load_tagger(tmp_path / "run"), split, recipe, CLASSES)[0].scores
    heard = repeated(heard[None], len(wanted), step=step)[0]
    # the bank of a training holds what is heard in half precision
    np.testing.assert_allclose(heard, wanted, atol=0.02)


@pytest.fixture
def encoder_folder(tmp_path):
    """An untrained encoder with the network of the toy recipe."""
    recipe = recipe_with()
    name, options = recipe.network.name, recipe.network.options
    torch.manual_seed(5)
    network = create_network(name, build(config_type(name), options, where="test"))
    config = TrainedConfig(
        name="start", title="Start", paper="", licence="CC0-1.0", training_data="none",
        network=name, network_options=dict(options), front_end=recipe.front_end,
        embedding_size=network.embedding_size, frame_hop_s=0.02, window_s=2.0,
        frames_are_embeddings=False,
    )  # fmt: skip
    save_trained_encoder(tmp_path / "encoder", config, {"network": network}, facts={})
    return tmp_path / "encoder"


def test_network_of_an_encoder_is_where_fine_tuning_starts(encoder_folder) -> None:
    recipe = recipe_with(teacher={"consistency": 1.0})
    network = build_network(recipe, 3)
    start_from_encoder(network, recipe, encoder_folder)
    torch.manual_seed(5)
    name = recipe.network.name
    wanted = create_network(name, build(config_type(name), recipe.network.options, where="test"))
    for tagger in taggers_in(network):
        got = dict(tagger.backbone.named_parameters())
        assert all(torch.equal(got[key], value) for key, value in wanted.named_parameters())
    assert all(p.requires_grad for p in network.student.parameters())


def test_encoder_of_another_network_or_front_end_is_refused(encoder_folder) -> None:
    recipe = recipe_with()
    other = replace(recipe, front_end=replace(recipe.front_end, f_min_hz=50.0))
    with pytest.raises(ConfigError, match="on other log-mels"):
        start_from_encoder(build_network(other, 3), other, encoder_folder)
    options = {**recipe.network.options, "gru_size": 16}
    wider = replace(recipe, network=replace(recipe.network, options=options))
    with pytest.raises(ConfigError, match="has other sizes"):
        start_from_encoder(build_network(wider, 3), wider, encoder_folder)
