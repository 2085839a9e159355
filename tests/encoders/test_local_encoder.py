"""Encoders by the recipe of the default one, in a folder of the user's."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from kikimimi.encoders import hear
from kikimimi.encoders.registry import create_encoder, load_encoder
from kikimimi.encoders.weights import embedded_folder
from kikimimi.errors import EncoderError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(embedded_folder("kikimimi"), tmp_path / "fold1" / "encoder"))


def test_a_copy_of_the_weights_embeds_as_the_default_encoder(folder: Path) -> None:
    clips = (0.1 * np.random.default_rng(0).standard_normal((2, 30000))).astype(np.float32)
    local, default = load_encoder(str(folder)), load_encoder("kikimimi")
    np.testing.assert_array_equal(local.embed_clips(clips), default.embed_clips(clips))
    assert local.card.vocabulary == default.card.vocabulary
    assert (local.reference, local.card.embedded) == (str(folder), False)
    assert local.hash_projection(64).bits == 64


def test_name_and_data_come_from_its_configuration(folder: Path) -> None:
    change(folder, name="base-fold1", training_data="esc50 without fold 1")
    card = create_encoder(str(folder)).card
    assert (card.name, card.training_data) == ("base-fold1", "esc50 without fold 1")
    assert hear.load_model(str(folder)).scene_embedding_size == 128


def test_fewer_classes_are_fewer_tags(folder: Path) -> None:
    change(folder, classes=["esc50/dog"])
    assert create_encoder(str(folder)).card.vocabulary[521:] == ("esc50/dog",)
    with pytest.raises(EncoderError, match="does not fit the network"):
        load_encoder(str(folder))


def test_a_configuration_without_classes_is_refused(folder: Path) -> None:
    change(folder, classes=None)
    with pytest.raises(EncoderError, match="names no classes; export the encoder again"):
        create_encoder(str(folder))


def change(folder: Path, **values: object) -> None:
    place = folder / "config.json"
    place.write_text(json.dumps(json.loads(place.read_text()) | values))
