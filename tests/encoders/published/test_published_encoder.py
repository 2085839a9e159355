"""Finding, fetching and loading published weights, shown with a toy encoder."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from far_side import FarSide, far_side
from torch import nn

from kikimimi.encoders.contract import Encoding, FrameEncoding
from kikimimi.encoders.published import convert
from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray


class Toy(PublishedEncoder):
    """One number a clip: its mean, weighted."""

    card = PublishedCard(
        name="toy",
        title="Toy",
        paper="none",
        licence="none",
        training_data="none",
        sample_rate_hz=16000,
        embedding_size=1,
        frame_hop_s=1.0,
        window_s=1.0,
        source=WeightsSource(url="http://127.0.0.1:9/toy.pth", file_name="toy.pth"),
    )

    def build(self) -> nn.Module:
        return nn.Linear(1, 1)

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> dict[str, torch.Tensor]:
        return tensors_in(checkpoint, "model")

    def _encode(self, samples: FloatArray) -> Encoding:
        means = torch.from_numpy(samples.mean(axis=1, keepdims=True))
        with torch.inference_mode():
            embeddings = self.network(means).numpy()
        return Encoding(embeddings, np.zeros((len(samples), 0), np.float32))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        raise NotImplementedError


def save_toy(path: Path, value: float = 2.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    weight, bias = torch.full((1, 1), value), torch.zeros(1)
    torch.save({"model": {"weight": weight, "bias": bias}}, path)
    return path


def embedding(encoder: PublishedEncoder) -> float:
    return float(encoder.load().embed_clips(np.ones((1, 10)))[0, 0])


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "kikimimi" / "weights" / "toy"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FarSide]:
    with far_side(save_toy(tmp_path / "far" / "toy.pth").read_bytes()) as state:
        source = WeightsSource(url=state.url, file_name="toy.pth")
        monkeypatch.setattr(Toy, "card", replace(Toy.card, source=source))
        yield state


def test_weights_are_searched_in_the_stated_order(tmp_path, weights_folder, cache) -> None:
    save_toy(cache / "toy.pth", 1)
    assert embedding(Toy()) == 1
    save_toy(weights_folder / "toy" / "toy.pth", 2)
    assert embedding(Toy()) == 2
    given = save_toy(tmp_path / "mine" / "other_name.pth", 3)
    assert embedding(Toy(given)) == 3
    save_toy(given.parent / "toy.pth", 4)
    assert embedding(Toy(given.parent)) == 4


def test_without_weights_the_error_says_what_to_place_where(weights_folder) -> None:
    encoder = Toy()
    assert not encoder.weights_are_here
    for ask in (encoder.load, lambda: encoder.weights_digest, lambda: encoder.identity):
        with pytest.raises(EncoderError) as caught:
            ask()
        assert str(caught.value) == (
            "the weights of encoder 'toy' are not here; fetch them with `kikimimi models --fetch "
            "toy`, or get toy.pth from http://127.0.0.1:9/toy.pth and place it in "
            f"{weights_folder / 'toy'}"
        )


def test_a_given_place_without_weights_is_named(tmp_path) -> None:
    for place in (tmp_path, tmp_path / "missing.pth"):
        with pytest.raises(EncoderError, match="there are no weights of encoder 'toy' there"):
            Toy(place).load()


def test_nothing_is_fetched_unless_asked_for(server) -> None:
    with pytest.raises(EncoderError, match="are not here"):
        Toy().load()
    assert server.ranges == []


def test_weights_are_fetched_to_the_cache_once(server, cache) -> None:
    encoder = Toy(fetch=True)
    assert embedding(encoder) == 2
    assert (cache / "toy.pth").is_file()
    assert embedding(Toy(fetch=True)) == 2
    assert encoder.fetch_weights() == cache / "toy.pth"
    assert len(server.ranges) == 1
    assert Toy().weights_are_here


def test_weights_that_differ_from_the_first_fetch_are_refused(server, cache) -> None:
    Toy().fetch_weights()
    save_toy(cache / "toy.pth", 5)
    with pytest.raises(EncoderError, match=r"toy\.pth: has SHA-256 .* delete it and get toy.pth"):
        Toy().load()


def test_weights_in_a_folder_are_compared_with_what_is_published(
    weights_folder, monkeypatch
) -> None:
    source = replace(Toy.card.source, sha256="0" * 64)
    monkeypatch.setattr(Toy, "card", replace(Toy.card, source=source))
    given = save_toy(weights_folder / "toy" / "toy.pth")
    with pytest.raises(EncoderError, match=r"has SHA-256 .*, expected 000000000000"):
        Toy().load()
    assert embedding(Toy(given)) == 2  # who names a file means that file


def test_a_checkpoint_of_another_model_is_refused_by_name(weights_folder) -> None:
    path = weights_folder / "toy" / "toy.pth"
    save_toy(path)
    torch.save({"model": {"conv.weight": torch.zeros(3)}}, path)
    with pytest.raises(EncoderError, match=r"lacks 'weight' and 1 more, has .* 'conv.weight'"):
        Toy().load()


def test_other_weights_are_another_identity(tmp_path) -> None:
    one, two = (Toy(save_toy(tmp_path / f"{value}.pth", value)) for value in (1, 2))
    assert one.identity != two.identity
    assert one.identity == Toy(tmp_path / "1.pth").load().identity


def test_a_converted_file_is_preferred_and_gives_the_same(
    tmp_path, weights_folder, monkeypatch, capsys
) -> None:
    monkeypatch.setattr(convert, "create_encoder", lambda name: Toy())
    published = save_toy(tmp_path / "toy.pth", 7)
    assert convert.main(["toy", str(published)]) == 0
    written = weights_folder / "toy" / "converted.safetensors"
    assert capsys.readouterr().out.strip() == str(written)
    save_toy(written.parent / "toy.pth", 1)
    assert embedding(Toy()) == 7
    assert embedding(Toy(written)) == 7
    assert convert.main(["toy", str(published), "--out", str(tmp_path / "out")]) == 0
    assert embedding(Toy(tmp_path / "out")) == 7


def test_a_file_converted_for_another_encoder_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(convert, "create_encoder", lambda name: Toy())
    path = convert.convert("other", save_toy(tmp_path / "toy.pth"), tmp_path)
    with pytest.raises(EncoderError, match="was converted for encoder 'other', not 'toy'"):
        Toy(path).load()


def test_conversion_of_bad_input_says_why(tmp_path, capsys) -> None:
    for arguments, reason in (
        (["kikimimi", "x.pth"], "'kikimimi' has no published weights"),
        (["no such encoder", "x.pth"], "there is no encoder"),
    ):
        assert convert.main(arguments) == 2
        assert reason in capsys.readouterr().err
