"""Encoders that were trained without one fold, from the weights that their training left.

Axes: V clips, T samples, D embedding size.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from kikimimi.encoders.default import DefaultEncoder, pad_clips
from kikimimi.encoders.mobilenet import mobilenet_from_state
from kikimimi.errors import ConfigError, EncoderError
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import YAMNET
from kikimimi.training.checkpoint import load_checkpoint
from kikimimi.types import FloatArray

FOLD_FIELD = "{fold}"
"""Stands for the number of the test fold in a pattern of paths."""

SAMPLE_RATE_HZ = YAMNET.sample_rate_hz
"""What `load_embedder` gives takes clips at this rate."""

_BATCH = 16


def weights_of_fold(pattern: str, fold: int) -> Path:
    """Return the path that a pattern such as `runs/final/fold{fold}/encoder.pt` gives for a fold.

    Raises:
        ConfigError: the pattern does not name the fold, or there is no such file or folder.
    """
    if FOLD_FIELD not in pattern:
        raise ConfigError(
            f"{pattern}: the weights must not have heard the test fold; write {FOLD_FIELD} where "
            "its number stands"
        )
    path = Path(pattern.replace(FOLD_FIELD, str(fold)))
    if not path.exists():
        raise ConfigError(f"{path}: there are no weights for fold {fold}; train them first")
    return path


def load_embedder(path: Path) -> Callable[[FloatArray], FloatArray]:
    """Return what embeds clips (V, T) at `SAMPLE_RATE_HZ` as (V, D).

    Args:
        path: a folder of exported weights of the default encoder, or the state of a `MobileNet` as
            `kikimimi.pretraining.default_encoder` writes it.

    Raises:
        EncoderError: the weights do not fit.
        ConfigError: the file is not a state of a network.
    """
    if path.is_dir():
        return _in_batches(DefaultEncoder(path).load().embed_clips)
    return _in_batches(_mobilenet(path))


def _mobilenet(path: Path) -> Callable[[FloatArray], FloatArray]:
    try:
        network = mobilenet_from_state(load_checkpoint(path) or {})
    except EncoderError as error:
        raise EncoderError(f"{path}: {error}") from None
    front_end = LogMel(YAMNET)

    @torch.inference_mode()
    def embed(waveforms: FloatArray) -> FloatArray:
        log_mel = np.swapaxes(front_end(pad_clips(waveforms)), 1, 2)
        return network.embed(network.frame_features(torch.from_numpy(log_mel))).numpy()

    return embed


def _in_batches(embed: Callable[[FloatArray], FloatArray]) -> Callable[[FloatArray], FloatArray]:
    def embed_all(waveforms: FloatArray) -> FloatArray:
        starts = range(0, len(waveforms), _BATCH)
        return np.concatenate([embed(waveforms[i : i + _BATCH]) for i in starts])

    return embed_all
