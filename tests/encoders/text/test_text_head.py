"""The head that brings sentences into the space of an encoder, as a folder of weights."""

from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.special import erf

from kikimimi.encoders.default import DefaultEncoder
from kikimimi.encoders.text.head import TextHead, TextHeadConfig, load_head
from kikimimi.encoders.text.words import aligned_words
from kikimimi.encoders.weights import save_weights
from kikimimi.errors import EncoderError

CONFIG = TextHeadConfig(
    sentence_size=6, hidden_size=5, embedding_size=4, tag_count=3, background_count=8
)


@pytest.fixture
def head() -> TextHead:
    torch.manual_seed(0)
    head = TextHead(CONFIG)
    generator = np.random.default_rng(0)
    state = head.state_dict()
    state["tag_embeddings"] = torch.from_numpy(unit(generator.standard_normal((3, 6))))
    state["background_embeddings"] = torch.from_numpy(unit(generator.standard_normal((8, 4))))
    state["background_tags"] = torch.from_numpy(generator.random((8, 3)).astype(np.float32))
    head.load_state_dict(state)
    return head.eval()


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def sentences(count: int = 2) -> np.ndarray:
    return unit(np.random.default_rng(1).standard_normal((count, 6)))


def test_query_is_two_linear_maps_with_gelu_between_at_length_one(head: TextHead) -> None:
    state = {name: tensor.numpy() for name, tensor in head.state_dict().items()}
    hidden = sentences() @ state["hidden.weight"].T + state["hidden.bias"]
    hidden = hidden * (1 + erf(hidden / np.sqrt(2))) / 2
    expected = unit(hidden @ state["out.weight"].T + state["out.bias"])
    np.testing.assert_allclose(head.query(sentences()), expected, atol=1e-5)


def test_a_sound_that_fits_is_far_above_the_background(head: TextHead) -> None:
    queries = head.query(sentences())
    background = head.background_embeddings.numpy() @ queries.T
    expected = background.mean(0) + 2.5 * background.std(0, ddof=1)
    np.testing.assert_allclose(head.least_cosines(queries), expected, atol=1e-5)


@pytest.mark.parametrize("count", [0, 1])
def test_without_a_background_there_is_no_bound(count: int) -> None:
    sizes = TextHeadConfig(sentence_size=6, hidden_size=5, embedding_size=4, background_count=count)
    head = TextHead(sizes).eval()
    assert head.least_cosines(head.query(sentences())) is None


def test_label_logits_are_the_sum_of_both_opinions_in_standard_deviations(head: TextHead) -> None:
    generator = np.random.default_rng(2)
    sounds = unit(generator.standard_normal((5, 4)))
    scores = generator.random((5, 3)).astype(np.float32)
    directions = head.query(sentences())
    background = head.background_embeddings.numpy() @ directions.T
    by_space = (sounds @ directions.T - background.mean(0)) / background.std(0, ddof=1)
    exponentials = np.exp(sentences() @ head.tag_embeddings.numpy().T / 0.05)
    weights = exponentials / exponentials.sum(1, keepdims=True)
    heard = np.sqrt(head.background_tags.numpy()) @ weights.T
    by_tags = (np.sqrt(scores) @ weights.T - heard.mean(0)) / heard.std(0, ddof=1)
    found = head.label_logits(sentences(), sounds, scores)
    np.testing.assert_allclose(found, by_space + by_tags, atol=1e-3)


def write(head: TextHead, folder: Path, **changed: object) -> Path:
    config = {
        **{name: getattr(head.config, name) for name in TextHeadConfig.__slots__},
        "text_encoder": "minilm@1",
        "encoder_weights_sha256": "2",
        **changed,
    }
    save_weights(folder, head.state_dict(), config, card="")
    return folder


def read(folder: Path) -> TextHead:
    return load_head(folder, encoder_digest="2", text_identity="minilm@1")


def test_a_written_head_is_read_as_it_was(head: TextHead, tmp_path: Path) -> None:
    again = read(write(head, tmp_path))
    np.testing.assert_array_equal(again.query(sentences()), head.query(sentences()))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"encoder_weights_sha256": "3"}, "another encoder"),
        ({"text_encoder": "other@1"}, "another text"),
        ({"hidden_size": "much"}, "lacks a size"),
        ({"hidden_size": 7}, "does not fit"),
    ],
)
def test_a_head_that_does_not_belong_is_refused_in_one_line(
    head: TextHead, tmp_path: Path, changed: dict[str, object], message: str
) -> None:
    write(head, tmp_path, **changed)
    with pytest.raises(EncoderError, match=message) as caught:
        read(tmp_path)
    assert "\n" not in str(caught.value)


def test_changed_weights_are_refused(head: TextHead, tmp_path: Path) -> None:
    weights = write(head, tmp_path) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"!")
    with pytest.raises(EncoderError, match="SHA-256"):
        read(tmp_path)


def test_an_encoder_without_a_head_knows_no_words(tmp_path: Path) -> None:
    assert aligned_words(tmp_path, encoder_digest="2") is None
    (tmp_path / "config.json").write_text('{"weights_sha256": ""}')
    encoder = DefaultEncoder(tmp_path)
    assert not encoder.knows_words
    assert encoder.text_query(["rain"]) is None
