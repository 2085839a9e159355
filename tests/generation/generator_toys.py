"""Sounds and recipes that a training of a second needs."""

from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from kikimimi.generation.autoencoder.trainable import AutoencoderRecipe, train_autoencoder
from kikimimi.generation.flow.trainable import FlowRecipe, train_flow
from kikimimi.generation.sounds import Sounds, open_sounds
from kikimimi.generation.vae.trainable import VaeRecipe, train_vae
from kikimimi.training.config import build

RATE_HZ = 16000
CLASSES = ("hiss", "tone")
QUICK = {
    "batch": {"size": 4, "steps_per_epoch": 2},
    "loop": {"epochs": 2, "ema_decay": 0.5, "figures_every": 0},
}
VAE_SIZES = {"frames": 96, "channels": [4, 8], "latent_size": 6}
AUTOENCODER_SIZES = {"widths": [8, 12, 16], "blocks": 1, "latent_channels": 4}
FLOW_SIZES = {"width": 24, "heads": 2, "layers": 2, "context": 12}


def write_sounds(root: Path, *, per_class: int = 5, seconds: float = 1.0) -> Path:
    """A folder of folders: hisses and tones."""
    count = int(seconds * RATE_HZ)
    for number in range(per_class):
        chance = np.random.default_rng(number)
        hiss = 0.1 * chance.standard_normal(count)
        tone = 0.3 * np.sin(2 * np.pi * (400 + 100 * number) * np.arange(count) / RATE_HZ)
        for name, samples in (("hiss", hiss), ("tone", tone)):
            (root / name).mkdir(parents=True, exist_ok=True)
            soundfile.write(root / name / f"{number}.wav", samples, RATE_HZ)
    return root


def vae_recipe(**changes: Any) -> VaeRecipe:
    values = {**QUICK, "network": VAE_SIZES, "shift_frames": 4, **changes}
    return build(VaeRecipe, values, where="test")


def autoencoder_recipe(**changes: Any) -> AutoencoderRecipe:
    values: dict[str, Any] = {
        **QUICK,
        "network": AUTOENCODER_SIZES,
        "discriminators": {"channels": [4, 4], "resolutions": 2},
        "loss": {"perceptual": 0.0, "reconstruction_epochs": 1},
        "crop_frames": 32,
        **changes,
    }
    return build(AutoencoderRecipe, values, where="test")


def flow_recipe(autoencoder: Path, **changes: Any) -> FlowRecipe:
    values: dict[str, Any] = {
        **QUICK,
        "autoencoder": str(autoencoder),
        "network": FLOW_SIZES,
        "sampling": {"steps": 3},
        "shift_frames": 4,
        **changes,
    }
    return build(FlowRecipe, values, where="test")


def toy_sounds(root: Path, cache: Path, *, held_out_fold: int | None = None) -> Sounds:
    settings = vae_recipe().data
    return open_sounds(root, settings, cache=cache, held_out_fold=held_out_fold)


def train_all(root: Path, place: Path) -> dict[str, Path]:
    """The generator folder of each kind."""
    sounds = toy_sounds(root, place / "cache")
    autoencoder = train_autoencoder(
        autoencoder_recipe(), sounds, place / "autoencoder", progress=False
    )
    flow = train_flow(
        flow_recipe(autoencoder), sounds, place / "flow", cache=place / "cache", progress=False
    )
    vae = train_vae(vae_recipe(), sounds, place / "vae", progress=False)
    return {"vae": vae, "autoencoder": autoencoder, "flow": flow}
