"""Writing a trained head as the folder that an encoder reads."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from kikimimi.encoders.clauses import clause_of
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.text.contract import TextEncoder
from kikimimi.encoders.text.head import TextHead
from kikimimi.encoders.vocabulary import display_name
from kikimimi.encoders.weights import save_weights
from kikimimi.pretraining.text_alignment.heard import Heard
from kikimimi.pretraining.text_alignment.recipe import TextAlignmentRecipe
from kikimimi.types import FloatArray

_CARD = """# Text head of Kikimimi

Two linear maps from sentence embeddings ({text}) into the embeddings of the encoder {encoder},
trained with symmetric InfoNCE on generated captions of ESC-50 clips, free effects and mixtures of
them (`kikimimi.pretraining.text_alignment`), and what is needed to score labels: sentence
embeddings of the tags, and what the encoder hears in {background} background sounds.
Licence: that of the encoder's weights. Held out: {held_out}.
"""


def export_head(
    head: TextHead,
    heard: Heard,
    encoder: Encoder,
    text_encoder: TextEncoder,
    recipe: TextAlignmentRecipe,
    folder: Path,
) -> TextHead:
    """Write the folder, and return the head with the tags and the background that it was given."""
    complete = _complete(head, heard, encoder, text_encoder, recipe)
    tensors = {name: tensor.half() for name, tensor in complete.state_dict().items()}
    config = {
        "architecture": "text_head",
        **asdict(complete.config),
        "text_encoder": text_encoder.identity,
        "encoder": encoder.identity,
        "encoder_weights_sha256": encoder.weights_digest,
        "held_out": list(recipe.held_out),
    }
    card = _CARD.format(
        text=text_encoder.card.title,
        encoder=encoder.card.name,
        background=complete.config.background_count,
        held_out=", ".join(recipe.held_out) or "nothing",
    )
    save_weights(folder, tensors, config, card=card)
    return complete


def _complete(
    head: TextHead,
    heard: Heard,
    encoder: Encoder,
    text_encoder: TextEncoder,
    recipe: TextAlignmentRecipe,
) -> TextHead:
    """The head with tags and background added."""
    clean = np.arange(0, len(heard.versions), recipe.mixtures.versions)
    generator = np.random.default_rng(recipe.mixtures.seed)
    count = min(recipe.background_count, len(clean))
    rows = np.sort(generator.choice(clean, count, replace=False))
    tags = tag_embeddings(encoder.card.vocabulary, text_encoder)
    config = replace(head.config, tag_count=len(tags), background_count=count)
    complete = TextHead(config)
    complete.load_state_dict(
        {
            **head.state_dict(),
            "tag_embeddings": torch.from_numpy(tags),
            "background_embeddings": torch.from_numpy(heard.embeddings[rows]),
            "background_tags": torch.from_numpy(heard.tag_scores[rows]),
        }
    )
    return complete.eval().requires_grad_(requires_grad=False)


def tag_embeddings(vocabulary: tuple[str, ...], text_encoder: TextEncoder) -> FloatArray:
    """Sentence embeddings (K, E) of length 1 for tags: the mean of name and clause."""
    names = text_encoder.embed_texts([display_name(tag, "en").lower() for tag in vocabulary])
    clauses = text_encoder.embed_texts([clause_of(tag).english for tag in vocabulary])
    mean = names + clauses
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)
