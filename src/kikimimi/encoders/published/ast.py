"""AST, the audio spectrogram transformer trained on AudioSet's labels, through `transformers`.

Sounds are heard in pieces of 10.24 s, one each 10.1 s, so that frames stay 0.1 s apart; what a
piece lacks is filled with zeros before the normalisation, as in the published front end. The
embedding is the mean of the two class tokens, and over pieces the mean by length; a tag scores as
in the piece where it scores highest.

Axes: B clips, T samples, F mel bands, N mel frames, D embedding size.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from kikimimi.encoders.contract import Encoding, FrameEncoding
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.published.transformers_model import (
    TransformersEncoder,
    cut_pieces,
    weighted_mean,
)
from kikimimi.encoders.registry import register
from kikimimi.encoders.vocabulary import audioset_527
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import AST
from kikimimi.types import FloatArray

_HUB_ID = "MIT/ast-finetuned-audioset-10-10-0.4593"
_SILENCE = -AST.mean / AST.scale
_TOKENS = 2
"""The class token and the one of distillation, before the patches."""
_AT_ONCE = 4
_DEPTH = 12
_EVENTS = tuple(entry.tag for entry in audioset_527())


@register
class AstEncoder(TransformersEncoder):
    """AST, 768-d, fine-tuned on AudioSet, with its 527 classes as tags.

    A folder whose classes are not those 527 gives embeddings alone.
    """

    hub_id = _HUB_ID
    companions = ("config.json", "preprocessor_config.json")
    model_class = "ASTForAudioClassification"
    config_class = "ASTConfig"
    size_key = "hidden_size"
    card: ClassVar[PublishedCard] = PublishedCard(
        name="ast",
        title="AST, audio spectrogram transformer (AudioSet, 0.4593 mAP)",
        paper="Gong, Chung and Glass, AST: audio spectrogram transformer, Interspeech 2021",
        licence="BSD-3-Clause",
        training_data="ImageNet; AudioSet with labels (2 million clips)",
        sample_rate_hz=AST.sample_rate_hz,
        embedding_size=768,
        frame_hop_s=0.1,
        window_s=10.24,
        vocabulary=_EVENTS,
        parameters=86_594_063,
        source=WeightsSource(
            url=f"https://huggingface.co/{_HUB_ID}/resolve/main/model.safetensors",
            file_name="model.safetensors",
            layout="transformers",
        ),
    )

    def __init__(self, weights: Path | None = None, *, fetch: bool = False) -> None:
        super().__init__(weights, fetch=fetch)
        self._log_mel = LogMel(AST)
        if weights is not None and len(self._config_entry("id2label", _EVENTS)) != len(_EVENTS):
            self.card = replace(self.card, vocabulary=())  # type: ignore[misc]

    def default_config(self) -> dict[str, Any]:
        """The classes of AudioSet."""
        return {"num_labels": len(_EVENTS)}

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The transformer layers."""
        depth = self._config.num_hidden_layers if self._network is not None else _DEPTH
        return tuple(f"layer{number}" for number in range(1, depth + 1))

    def _encode(self, samples: FloatArray) -> Encoding:
        import torch

        network: Any = self.network
        parts, scores, weights = [], [], []
        for piece in self._pieces(samples):
            pooled = torch.cat([out.pooler_output for out in self._run(piece)])
            with torch.inference_mode():
                scores.append(network.classifier(pooled).sigmoid().numpy())
            parts.append(pooled.numpy())
            weights.append(piece.shape[1])
        highest = np.max(scores, axis=0)[:, : len(self.card.vocabulary)]
        return Encoding(weighted_mean(parts, weights), highest)

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        parts = []
        for piece in self._pieces(samples):
            rows = [self._over_time(out.last_hidden_state) for out in self._run(piece)]
            parts.append(np.concatenate([row.mean(axis=2) for row in rows]))
        frames = np.concatenate(parts, axis=1)[:, : self._count(samples)]
        first_s = (AST.hop_length * 7.5 + AST.win_length / 2) / AST.sample_rate_hz
        centres = first_s + np.arange(frames.shape[1]) * self.card.frame_hop_s
        timestamps = np.minimum(centres, samples.shape[1] / AST.sample_rate_hz)
        return FrameEncoding(np.ascontiguousarray(frames), timestamps.astype(np.float32))

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        pieces: dict[str, list[FloatArray]] = {name: [] for name in names}
        for piece in self._pieces(samples):
            outputs = self._run(piece, output_hidden_states=True)
            for name in names:
                number = 1 + self.layer_names.index(name)
                rows = [self._over_time(out.hidden_states[number]) for out in outputs]
                stacked = np.concatenate([row.reshape(*row.shape[:2], -1) for row in rows])
                pieces[name].append(stacked)
        count = self._count(samples)
        return {name: np.concatenate(rows, axis=1)[:, :count] for name, rows in pieces.items()}

    def _run(self, piece: FloatArray, **options: Any) -> list[Any]:
        """What the model gives for a few clips (<= 4, t) of a piece at a time."""
        import torch

        network: Any = self.network
        config = self._config
        outputs = []
        with torch.inference_mode():
            for start in range(0, len(piece), _AT_ONCE):
                log_mel = self._log_mel(piece[start : start + _AT_ONCE])[..., : config.max_length]
                missing = config.max_length - log_mel.shape[2]
                filled = np.pad(log_mel, ((0, 0), (0, 0), (0, missing)), constant_values=_SILENCE)
                values = torch.from_numpy(filled).transpose(1, 2)
                outputs.append(
                    network.audio_spectrogram_transformer(input_values=values, **options)
                )
        return outputs

    def _over_time(self, tokens: Any) -> FloatArray:
        """(B, 2 + bands * times, D) -> (B, times, bands, D)."""
        return tokens[:, _TOKENS:].unflatten(1, (-1, self._times)).transpose(1, 2).numpy()

    def _pieces(self, samples: FloatArray) -> list[FloatArray]:
        config = self._config
        hop = self._times * config.time_stride * AST.hop_length
        return cut_pieces(samples, length=config.max_length * AST.hop_length, hop=hop)

    def _count(self, samples: FloatArray) -> int:
        """How many frames begin inside the clips."""
        return max(1, -(-samples.shape[1] // (self._config.time_stride * AST.hop_length)))

    @property
    def _times(self) -> int:
        """Patches over time."""
        config = self._config
        return (config.max_length - config.patch_size) // config.time_stride + 1

    @property
    def _config(self) -> Any:
        return self.network.config
