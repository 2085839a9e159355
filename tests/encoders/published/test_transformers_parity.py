"""AST and CLAP against the models and front ends of transformers, with the same random weights."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_models import ast, clap, clap_config

from kikimimi.audio.reading import read_clip
from kikimimi.audio.resampling import resample
from kikimimi.encoders.published.ast import AstEncoder
from kikimimi.encoders.published.clap import ClapEncoder
from kikimimi.errors import EncoderError
from kikimimi.types import FloatArray

transformers = pytest.importorskip("transformers")


@pytest.fixture(scope="module")
def sounds(shared_data: Path) -> list[FloatArray]:
    """Two clips of 5 s at 44.1 kHz."""
    paths = sorted((shared_data / "esc50" / "audio").iterdir())[40:1000:700]
    return [read_clip(path).samples.mean(axis=0) for path in paths]


def at_rate(sound: FloatArray, rate_hz: int) -> FloatArray:
    return resample(sound[None], 44100, rate_hz)[0].astype(np.float32)


@pytest.fixture(scope="module")
def ast_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ast")
    ast(folder)
    return folder


@pytest.fixture(scope="module")
def clap_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clap")
    clap(folder)
    tokenizer().save_pretrained(folder)
    return folder


def tokenizer() -> Any:
    """A word tokeniser with the marks of RoBERTa."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    words = ["<s>", "<pad>", "</s>", "<unk>", "a", "dog", "barks", "rain", "falls"]
    fast = Tokenizer(
        models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>")
    )
    fast.pre_tokenizer = pre_tokenizers.Whitespace()
    fast.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=fast, pad_token="<pad>", unk_token="<unk>", model_max_length=50
    )


def test_ast_embeds_as_that_of_transformers(ast_folder, sounds) -> None:
    ours = AstEncoder(ast_folder).load()
    theirs = transformers.ASTModel.from_pretrained(ast_folder, local_files_only=True).eval()
    front_end = transformers.ASTFeatureExtractor()
    for sound in sounds:
        clip = at_rate(sound, 16000)
        inputs = front_end(clip, sampling_rate=16000, return_tensors="pt")
        with torch.inference_mode():
            expected = theirs(inputs["input_values"], output_hidden_states=True)
        np.testing.assert_allclose(
            ours.embed_clips(clip[None]), expected.pooler_output, rtol=1e-4, atol=1e-4
        )
        layers = ours.embed_layers(clip[None], ["layer1"])["layer1"]
        patches = expected.hidden_states[1][:, 2:].unflatten(1, (12, 101))
        np.testing.assert_allclose(
            layers[0], patches[0, :, : len(layers[0])].transpose(0, 1).flatten(1), atol=1e-3
        )


def test_ast_with_the_classes_of_audioset_gives_tags(tmp_path, sounds) -> None:
    config = transformers.ASTConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=527,
    )
    theirs = transformers.ASTForAudioClassification(config).eval()
    theirs.save_pretrained(tmp_path)
    ours = AstEncoder(tmp_path).load()
    assert len(ours.card.vocabulary) == 527
    assert ours.card.vocabulary[74] == "audioset/Dog"  # /m/0bt9lr
    clip = at_rate(sounds[0], 16000)
    inputs = transformers.ASTFeatureExtractor()(clip, sampling_rate=16000, return_tensors="pt")
    with torch.inference_mode():
        expected = theirs(inputs["input_values"]).logits.sigmoid()
    np.testing.assert_allclose(ours.encode(clip[None]).tag_scores, expected, atol=1e-4)


def test_clap_embeds_sounds_as_that_of_transformers(clap_folder, sounds) -> None:
    ours = ClapEncoder(clap_folder).load()
    theirs = transformers.ClapModel.from_pretrained(clap_folder, local_files_only=True).eval()
    front_end = transformers.ClapFeatureExtractor(truncation="rand_trunc", frequency_min=50)
    for sound, seconds in zip(sounds, (5, 2.2), strict=True):
        clip = at_rate(sound, 48000)[: round(48000 * seconds)]
        inputs = front_end(clip, sampling_rate=48000, return_tensors="pt")
        with torch.inference_mode():
            expected = theirs.get_audio_features(**inputs).pooler_output
        np.testing.assert_allclose(ours.embed_clips(clip[None]), expected, rtol=1e-4, atol=1e-4)


def test_clap_embeds_sentences_as_that_of_transformers(clap_folder) -> None:
    ours = ClapEncoder(clap_folder).load()
    theirs = transformers.ClapModel.from_pretrained(clap_folder, local_files_only=True).eval()
    texts = ["a dog barks", "rain", "雨が降る"]
    found = ours.embed_texts(texts)
    for row, text in zip(found, texts, strict=True):
        with torch.inference_mode():
            tokens = tokenizer()(text, return_tensors="pt")
            expected = theirs.get_text_features(
                tokens["input_ids"], attention_mask=tokens["attention_mask"]
            ).pooler_output[0]
        np.testing.assert_allclose(row, expected, rtol=1e-4, atol=1e-4)
    assert ours.embed_texts([]).shape == (0, 12)
    assert ours.knows_words
    np.testing.assert_array_equal(ours.text_query(texts), found)
    with pytest.raises(EncoderError, match="a text is empty"):
        ours.embed_texts(["rain", " ... "])


def test_clap_without_its_tokeniser_knows_no_words(clap_folder, tmp_path) -> None:
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((clap_folder / name).read_bytes())
    encoder = ClapEncoder(tmp_path)
    assert not encoder.knows_words
    assert encoder.text_query(["rain"]) is None
    assert not ClapEncoder().knows_words


def test_text_longer_than_the_model_reads_is_cut(clap_folder) -> None:
    ours = ClapEncoder(clap_folder).load()
    long = ours.embed_texts(["rain falls " * 5000])
    np.testing.assert_allclose(long, ours.embed_texts(["rain falls " * 5001]), atol=1e-5)


def test_clap_follows_the_band_of_its_preprocessor(clap_folder, tmp_path, sounds) -> None:
    clip = at_rate(sounds[0], 48000)[None]
    before = ClapEncoder(clap_folder).load().embed_clips(clip)
    for path in clap_folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "preprocessor_config.json").write_text(json.dumps({"frequency_min": 800}))
    assert np.abs(ClapEncoder(tmp_path).load().embed_clips(clip) - before).max() > 1e-3


def test_clap_with_feature_fusion_is_refused(tmp_path) -> None:
    config = clap_config(enable_fusion=True, fusion_type="aff_2d", aff_block_r=2)
    transformers.ClapModel(config).save_pretrained(tmp_path)
    with pytest.raises(EncoderError, match="without feature fusion"):
        ClapEncoder(tmp_path).load()


def test_weights_of_another_model_are_refused_by_name(ast_folder, clap_folder) -> None:
    with pytest.raises(EncoderError, match=r"lacks 'audio.*unexpected 'audio_spec") as caught:
        ClapEncoder(moved(clap_folder, ast_folder)).load()
    assert "\n" not in str(caught.value)
    with pytest.raises(
        EncoderError,
        match=r"lacks 'audio_spectrogram_transformer\.embeddings\.cls_token' and \d+ more",
    ):
        AstEncoder(moved(ast_folder, clap_folder)).load()


def moved(configured: Path, weighted: Path) -> Path:
    """A folder with the configuration of one model and the weights of another."""
    folder = configured.parent / f"{configured.name}_with_{weighted.name}"
    folder.mkdir()
    (folder / "config.json").write_bytes((configured / "config.json").read_bytes())
    (folder / "model.safetensors").write_bytes((weighted / "model.safetensors").read_bytes())
    return folder


@pytest.mark.parametrize(
    ("name", "content"),
    [("model.safetensors", b"nonsense"), ("config.json", b"{"), ("pytorch_model.bin", b"\x80\x02")],
)
def test_damaged_folder_is_refused_in_one_line(ast_folder, tmp_path, name, content) -> None:
    for kept in {"config.json", "model.safetensors"} - {name}:
        if not (name == "pytorch_model.bin" and kept == "model.safetensors"):
            (tmp_path / kept).write_bytes((ast_folder / kept).read_bytes())
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EncoderError, match=r"cannot be read as a transf|is damaged") as caught:
        AstEncoder(tmp_path).load()
    assert "\n" not in str(caught.value)


def test_code_in_a_pickled_checkpoint_is_not_run(ast_folder, tmp_path) -> None:
    class Touch:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "touched",))

    (tmp_path / "config.json").write_bytes((ast_folder / "config.json").read_bytes())
    torch.save({"weight": Touch()}, tmp_path / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="cannot be read"):
        AstEncoder(tmp_path).load()
    assert not (tmp_path / "touched").exists()


def test_file_of_another_name_is_refused(ast_folder, tmp_path) -> None:
    path = tmp_path / "mine.safetensors"
    path.write_bytes((ast_folder / "model.safetensors").read_bytes())
    with pytest.raises(EncoderError, match="rename the file"):
        AstEncoder(path).load()


def test_weights_in_the_cache_of_the_hub_are_found(ast_folder, tmp_path, monkeypatch) -> None:
    cache = tmp_path / "hub" / "models--MIT--ast-finetuned-audioset-10-10-0.4593"
    snapshot = cache / "snapshots" / ("0" * 40)
    snapshot.mkdir(parents=True)
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text("0" * 40)
    for name in ("config.json", "model.safetensors"):
        (snapshot / name).write_bytes((ast_folder / name).read_bytes())
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    encoder = AstEncoder()
    assert encoder.weights_path == snapshot / "model.safetensors"


def test_without_transformers_the_error_says_what_to_install(ast_folder, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(EncoderError, match=r'pip install "kikimimi\[text\]"'):
        AstEncoder(ast_folder).load()


def test_listing_the_encoders_imports_no_transformers() -> None:
    script = (
        "import sys; from kikimimi.encoders.registry import create_encoder, encoder_names\n"
        "for name in encoder_names(): create_encoder(name)\n"
        "assert not {'transformers', 'torch'} & set(sys.modules), 'imported'"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
