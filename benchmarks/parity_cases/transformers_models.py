"""AST and CLAP against the models and front ends of transformers, at full size."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from kikimimi.encoders.published.ast import AstEncoder
from kikimimi.encoders.published.clap import ClapEncoder
from parity_cases.oracles import randomise, some_sounds
from parity_cases.registry import Comparison, MissingOracle, Setting, case


@case("ast", oracle="transformers (ASTForAudioClassification, ASTFeatureExtractor), random weights")
def compare_ast(setting: Setting) -> Iterator[Comparison]:
    """From the waveform on, through a folder in Hugging Face layout."""
    transformers = _transformers()
    network = randomise(transformers.ASTForAudioClassification(_ast_config(transformers)))
    network.save_pretrained(setting.folder)
    encoder = AstEncoder(setting.folder).load()
    clips = some_sounds(2, 5 * 16000)
    front_end = transformers.ASTFeatureExtractor()
    inputs = front_end(list(clips), sampling_rate=16000, return_tensors="pt")["input_values"]
    with torch.inference_mode():
        theirs = network.audio_spectrogram_transformer(inputs).pooler_output.numpy()
        scores = network(inputs).logits.sigmoid().numpy()
    ours = encoder.encode(clips)
    yield Comparison("embedding", ours.embeddings, theirs)
    yield Comparison("tag scores", ours.tag_scores, scores)


@case("clap", oracle="transformers (ClapModel, ClapFeatureExtractor), random weights")
def compare_clap(setting: Setting) -> Iterator[Comparison]:
    """Audio side, from the waveform on, through a folder in Hugging Face layout."""
    transformers = _transformers()
    torch.manual_seed(0)
    network = transformers.ClapModel(transformers.ClapConfig()).eval()
    network.save_pretrained(setting.folder)
    encoder = ClapEncoder(setting.folder).load()
    clips = some_sounds(2, 5 * 48000)
    front_end = transformers.ClapFeatureExtractor(truncation="rand_trunc", frequency_min=50)
    inputs = front_end(list(clips), sampling_rate=48000, return_tensors="pt")
    with torch.inference_mode():
        theirs = network.get_audio_features(**inputs).pooler_output.numpy()
    yield Comparison("embedding", encoder.embed_clips(clips), np.asarray(theirs))


def _transformers() -> Any:
    try:
        import transformers
    except ImportError:
        raise MissingOracle("transformers is not installed") from None
    return transformers


def _ast_config(transformers: Any) -> Any:
    return transformers.ASTConfig(num_labels=527)
