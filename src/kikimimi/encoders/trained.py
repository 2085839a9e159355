"""Encoders that users have trained, each a folder of its own.

Axes: B clips, T samples, F mel bands, N mel frames, N' feature frames, D embedding size, E size of
a text's embedding.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from kikimimi.encoders.contract import Encoder, EncoderCard, Encoding, FrameEncoding, check_clips
from kikimimi.encoders.trained_config import TrainedConfig, card_text, read_trained_config
from kikimimi.encoders.weights import load_weights, save_weights
from kikimimi.errors import ConfigError, EncoderError
from kikimimi.features.logmel import LogMel
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

    from kikimimi.networks.contract import Network

_SHORTEST_S = 1.0
"""A shorter clip is filled up with silence: networks take one second or more."""
_CONTEXT_S = 1.0
"""What a frame embedding hears where the frames of a network are no embeddings."""
_AT_ONCE = 4


class TrainedEncoder(Encoder):
    """The network of a training, with its front end and normalisation.

    Args:
        folder: where `config.json` and `model.safetensors` are.

    Raises:
        EncoderError: there is no encoder, or its configuration is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser().absolute()
        self.config, self._weights_sha256 = read_trained_config(self.folder)
        self.card = _card(self.config)  # type: ignore[misc]
        self._log_mel = LogMel(self.config.front_end)
        self._module: nn.ModuleDict | None = None

    @property
    def reference(self) -> str:
        """The folder."""
        return str(self.folder)

    @property
    def network(self) -> "Network":
        """The network with its weights.

        Raises:
            EncoderError: they are not loaded.
        """
        return self._loaded()["network"]  # type: ignore[return-value]

    def load(self) -> Self:
        """Read the weights, once."""
        if self._module is None:
            module = build_module(self.config)
            load_weights(self.folder, module, sha256=self._weights_sha256)
            self._module = module.eval().requires_grad_(requires_grad=False)
        return self

    @property
    def weights_digest(self) -> str:
        """SHA-256 over the digest of the weights and what else decides the vectors."""
        facts = json.dumps(self.config.vector_facts(), sort_keys=True)
        return hashlib.sha256((self._weights_sha256 + facts).encode()).hexdigest()

    def embed_for_text(self, samples: FloatArray) -> FloatArray:
        """Embed clips in the space of the sentences that they were trained with: (B, T) -> (B, E).

        Compare by cosine with what the text encoder `config.text.encoder` gives.

        Raises:
            EncoderError: it was trained without texts, or as `encode` does.
        """
        import torch

        module = self._loaded()
        if "text_projector" not in module:
            raise EncoderError(
                f"encoder '{self.card.name}' was trained without texts; train one with m2d_clap"
            )
        embeddings = torch.from_numpy(self._encode(check_clips(samples)).embeddings)
        # the bands of a patch network are stacked in an embedding
        patches = embeddings.unflatten(1, (-1, self.config.network_options["width"])).mean(dim=1)
        with torch.inference_mode():
            return module["text_projector"](patches).numpy()

    def _encode(self, samples: FloatArray) -> Encoding:
        import torch

        network = self.network
        with torch.inference_mode():
            embeddings = [self._embed(network, maps) for maps in self._spectrograms(samples)]
        return Encoding(np.concatenate(embeddings), np.zeros((len(samples), 0), np.float32))

    def _embed(self, network: "Network", log_mel: "Tensor") -> FloatArray:
        """(B, F, N) -> (B, D)."""
        if self._is_one_chunk(log_mel):
            return network(log_mel).numpy()
        return self._frames_of(network, log_mel).mean(dim=1).numpy()

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        hop_s, rate_hz = self.config.frame_hop_s, self.card.sample_rate_hz
        frames = self._frames(samples)
        count = min(frames.shape[1], max(1, ceil(samples.shape[1] / rate_hz / hop_s - 1e-6)))
        centres = (np.arange(count) + 0.5) * hop_s
        timestamps = np.minimum(centres, samples.shape[1] / rate_hz).astype(np.float32)
        return FrameEncoding(np.ascontiguousarray(frames[:, :count]), timestamps)

    def _frames(self, samples: FloatArray) -> FloatArray:
        import torch

        if not self.config.frames_are_embeddings:
            return self._frames_by_context(samples)
        network = self.network
        with torch.inference_mode():
            parts = [self._frames_of(network, maps).numpy() for maps in self._spectrograms(samples)]
        return np.concatenate(parts)

    def _frames_by_context(self, samples: FloatArray) -> FloatArray:
        """(B, T) -> (B, N', D): a second around each frame, embedded for itself."""
        rate_hz = self.card.sample_rate_hz
        length, hop = round(_CONTEXT_S * rate_hz), round(self.config.frame_hop_s * rate_hz)
        count = max(1, ceil(samples.shape[1] / hop))
        before = (length - hop) // 2
        after = (count - 1) * hop + length - before - samples.shape[1]
        padded = np.pad(samples, ((0, 0), (before, max(0, after))))
        stretches = np.lib.stride_tricks.sliding_window_view(padded, length, axis=1)[:, ::hop]
        rows = [self._encode(np.ascontiguousarray(clip[:count])).embeddings for clip in stretches]
        return np.stack(rows)

    @cached_property
    def layer_names(self) -> tuple[str, ...]:
        """The transformer layers or blocks of the network; none if it does not tell them."""
        from kikimimi.encoders.network_layers import layer_names

        return layer_names(self.network if self._module else build_network(self.config))

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        import torch

        from kikimimi.encoders.network_layers import layer_frames

        network = self.network
        parts: dict[str, list[FloatArray]] = {name: [] for name in names}
        with torch.inference_mode():
            for log_mel in self._spectrograms(samples):
                chunks = [layer_frames(network, c, names) for c in self._chunks(log_mel)]
                for name in names:
                    joined = torch.cat([chunk[name] for chunk in chunks], dim=1)
                    parts[name].append(joined.numpy())
        return {name: np.concatenate(rows) for name, rows in parts.items()}

    def _frames_of(self, network: "Network", log_mel: "Tensor") -> "Tensor":
        """(B, F, N) -> (B, N', D')."""
        import torch

        return torch.cat([network.frames(chunk) for chunk in self._chunks(log_mel)], dim=1)

    def _chunks(self, log_mel: "Tensor") -> "tuple[Tensor, ...]":
        """The stretches that the network hears at once."""
        return log_mel.split(self.config.chunk_frames or log_mel.shape[2], dim=2)

    def _is_one_chunk(self, log_mel: "Tensor") -> bool:
        return log_mel.shape[2] <= (self.config.chunk_frames or log_mel.shape[2])

    def _spectrograms(self, samples: FloatArray) -> "Iterator[Tensor]":
        """Normalised spectrograms of a few clips at a time: (B, T) -> (<= 4, F, N) each."""
        import torch

        self._loaded()
        config = self.config
        shortest = round(_SHORTEST_S * self.card.sample_rate_hz)
        missing = max(0, shortest - samples.shape[1])
        padded = np.pad(samples, ((0, 0), (0, missing)))
        frames = padded.shape[1] // config.front_end.hop_length
        for start in range(0, len(padded), _AT_ONCE):
            log_mel = self._log_mel(padded[start : start + _AT_ONCE])[..., :frames]
            yield torch.from_numpy((log_mel - np.float32(config.mean)) / np.float32(config.scale))

    def _loaded(self) -> "nn.ModuleDict":
        if self._module is None:
            raise EncoderError(f"encoder '{self.card.name}' is not loaded; call load() first")
        return self._module


def save_trained_encoder(
    folder: Path,
    config: TrainedConfig,
    modules: "Mapping[str, nn.Module]",
    *,
    facts: Mapping[str, str],
) -> None:
    """Write the folder of an encoder.

    Args:
        folder: it need not exist.
        config: the configuration.
        modules: "network", and "text_projector" if the configuration has a text space.
        facts: further rows of the card.
    """
    tensors = {
        f"{name}.{key}": value.detach().cpu().clone()
        for name, module in modules.items()
        for key, value in module.state_dict().items()
    }
    save_weights(folder, tensors, config.to_dict(), card=card_text(config, facts))


def build_network(config: TrainedConfig) -> "Network":
    """The network with random weights.

    Raises:
        EncoderError: the network or one of its options is unknown.
    """
    from kikimimi.networks.registry import config_type, create_network

    try:
        options = {key: _frozen(value) for key, value in config.network_options.items()}
        return create_network(config.network, config_type(config.network)(**options))
    except (ConfigError, TypeError) as error:
        raise EncoderError(
            f"encoder '{config.name}': its network cannot be made ({error}); install the Kikimimi "
            "that it was trained with"
        ) from None


def build_module(config: TrainedConfig) -> "nn.ModuleDict":
    """All that has weights. Raises as `build_network`."""
    from torch import nn

    module = nn.ModuleDict({"network": build_network(config)})
    if config.text is not None:
        width = config.network_options["width"]
        module["text_projector"] = nn.Sequential(
            nn.Linear(width, config.text.hidden_size),
            nn.ReLU(),
            nn.Linear(config.text.hidden_size, config.text.size),
        )
    return module


def _card(config: TrainedConfig) -> EncoderCard:
    return EncoderCard(
        name=config.name,
        title=config.title,
        paper=config.paper,
        licence=config.licence,
        training_data=config.training_data,
        sample_rate_hz=config.front_end.sample_rate_hz,
        embedding_size=config.embedding_size,
        frame_hop_s=config.frame_hop_s,
        window_s=config.window_s,
        parameters=config.parameters,
    )


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
