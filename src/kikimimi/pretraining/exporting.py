"""From a trained method to an encoder folder."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import nn

from kikimimi.encoders.trained import save_trained_encoder
from kikimimi.encoders.trained_config import TextSpace, TrainedConfig
from kikimimi.networks.contract import Network
from kikimimi.pretraining.method import Method
from kikimimi.pretraining.recipe import PretrainingRecipe
from kikimimi.pretraining.trainable import Pretraining, frame_count
from kikimimi.training.config import resolved

_PROBE_FRAMES = 1600
_CONTEXT_HOP_S = 0.5


def export_encoder(
    folder: Path,
    recipe: PretrainingRecipe,
    trained: Pretraining,
    *,
    data: str,
    text_identity: str,
    loss: float,
) -> None:
    """Write `config.json`, `model.safetensors` and the card of a trained method.

    Args:
        folder: the encoder's.
        recipe: what was trained.
        trained: the method with its weights, in evaluation mode.
        data: what it was trained on, in words.
        text_identity: of the text encoder; empty without captions.
        loss: of the last epoch.
    """
    method, network = trained.method, trained.method.network
    kept: dict[str, nn.Module] = {"network": network, **method.kept_beside()}
    parameters = sum(each.numel() for module in kept.values() for each in module.parameters())
    front_end = recipe.front_end
    samples = round(recipe.crops.crop_s * front_end.sample_rate_hz)
    config = TrainedConfig(
        name=recipe.encoder.name,
        title=f"{method.title}, trained with Kikimimi",
        paper=method.paper,
        licence=recipe.encoder.licence,
        training_data=data,
        network=recipe.network.name,
        network_options=resolved(recipe.network.options),
        front_end=front_end,
        embedding_size=network.embedding_size,
        window_s=recipe.encoder.window_s,
        mean=float(trained.mean),
        scale=float(trained.scale),
        chunk_frames=frame_count(samples, front_end) if recipe.encoder.chunked else None,
        text=_text_space(recipe, method, text_identity),
        parameters=parameters,
        **_frame_facts(network, front_end.n_mels, front_end.frame_hop_s),
    )
    save_trained_encoder(folder, config, kept, facts=_facts(recipe, loss))


def _frame_facts(network: Network, bands: int, hop_s: float) -> dict[str, Any]:
    """Time between two frames of the network, and whether they are as large as its embedding."""
    device = next(network.parameters()).device
    with torch.inference_mode():
        frames = network.frames(torch.zeros(1, bands, _PROBE_FRAMES, device=device))
    whole = frames.shape[2] == network.embedding_size
    stride = round(_PROBE_FRAMES / frames.shape[1])
    return {
        "frames_are_embeddings": whole,
        "frame_hop_s": stride * hop_s if whole else _CONTEXT_HOP_S,
    }


def _text_space(recipe: PretrainingRecipe, method: Method, identity: str) -> TextSpace | None:
    projector = method.kept_beside().get("text_projector")
    if not isinstance(projector, nn.Sequential):
        return None
    first, last = projector[0], projector[-1]
    assert isinstance(first, nn.Linear) and isinstance(last, nn.Linear)
    return TextSpace(
        encoder=recipe.captions.text_encoder,
        identity=identity,
        size=last.out_features,
        hidden_size=first.out_features,
    )


def _facts(recipe: PretrainingRecipe, loss: float) -> dict[str, str]:
    """Rows of the card that tell of the training."""
    return {
        "epochs": str(recipe.loop.epochs),
        "batch size": str(recipe.batch_size),
        "crop": f"{recipe.crops.crop_s:g} s",
        "optimiser": f"{recipe.optimiser.name}, learning rate {recipe.optimiser.lr:g}",
        "settings of the method": json.dumps(resolved(recipe.method.options)),
        "loss of the last epoch": f"{loss:.4g}",
        "front end": json.dumps(asdict(recipe.front_end)),
    }
