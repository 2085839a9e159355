"""Words through the whole of it: sentence model, text head, default encoder, library.

The head has random weights: what is tested is that everything is joined, not what it has learned.
"""

from pathlib import Path

import numpy as np
import pytest
import torch

from kikimimi.audio.writing import write_wav
from kikimimi.encoders import default
from kikimimi.encoders.contract import Encoding
from kikimimi.encoders.default import DefaultEncoder
from kikimimi.encoders.text.head import TextHead, TextHeadConfig
from kikimimi.encoders.text.minilm import MiniLm, is_installed
from kikimimi.encoders.weights import embedded_folder, save_weights
from kikimimi.errors import EncoderError
from kikimimi.library.library import Library
from kikimimi.types import Clip

pytestmark = pytest.mark.skipif(not is_installed(), reason="pip install kikimimi[text]")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The weights that come with the package, with a random text head beside them."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for path in embedded_folder("kikimimi").iterdir():
        if path.is_file():
            (folder / path.name).symlink_to(path)
    encoder = DefaultEncoder(folder)
    sizes = TextHeadConfig(
        sentence_size=384,
        hidden_size=8,
        embedding_size=encoder.card.embedding_size,
        tag_count=len(encoder.card.vocabulary),
        background_count=3,
    )
    torch.manual_seed(0)
    head = TextHead(sizes)
    config = {
        **{name: getattr(sizes, name) for name in TextHeadConfig.__slots__},
        "text_encoder": MiniLm().identity,
        "encoder_weights_sha256": encoder.weights_digest,
    }
    save_weights(folder / "text_head", head.state_dict(), config, card="")
    monkeypatch.setattr(default, "embedded_folder", lambda name: folder)
    return folder


def test_the_encoder_brings_words_into_its_space(folder: Path) -> None:
    encoder = DefaultEncoder()
    assert encoder.knows_words
    queries = encoder.text_query(["rain", "a heavy door slams"])
    assert queries is not None
    assert queries.shape == (2, encoder.card.embedding_size)
    np.testing.assert_allclose(np.linalg.norm(queries, axis=1), 1, atol=1e-5)
    heard = Encoding(queries, np.full((2, len(encoder.card.vocabulary)), 0.1, np.float32))
    least = encoder.least_cosines(queries)
    assert least is not None
    np.testing.assert_allclose(least, 0, atol=1e-6)  # this background is silent
    logits = encoder.label_logits(["rain", "wind", "dog"], heard)
    assert logits is not None
    assert logits.shape == (2, 3)
    with pytest.raises(EncoderError, match="empty"):
        encoder.text_query(["  "])


def test_a_library_finds_sounds_by_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However little they fit: this head has learnt nothing."""
    monkeypatch.setattr(DefaultEncoder, "least_cosines", lambda _self, _queries: None)
    sounds = tmp_path / "sounds"
    sounds.mkdir()
    for name, pitch_hz in (("low", 110), ("high", 3000)):
        tone = 0.5 * np.sin(2 * np.pi * pitch_hz * np.arange(16000) / 16000)
        write_wav(sounds / f"{name}.wav", Clip(tone[None].astype(np.float32), 16000))
    with Library(tmp_path / "l.kikimimi") as library:
        library.index([sounds], workers=1)
        by_sense = library.search("a heavy door slams")
        by_word = library.search("high")
        query = library.encoder().text_query(["a heavy door slams"])
        by_vector = library.search(like=query)
        assert library.search("ゴジラ") == []
    assert [hit.found_by for hit in by_sense] == ["sense", "sense"]
    assert [hit.path for hit in by_sense] == [hit.path for hit in by_vector]
    assert [(hit.path.stem, hit.found_by) for hit in by_word] == [
        ("high", "words"),
        ("low", "sense"),
    ]
