"""CLAP of LAION: sounds and sentences in one space, through `transformers`.

Sounds are heard in pieces of 10 s, one after the other; a shorter one is repeated as often as it
fits and the rest filled with silence, as in the published front end. The embedding has length 1 and
is, over several pieces, the mean by length. The published front end takes a random stretch of a
longer sound; here every stretch counts.

Axes: B clips, T samples, S texts, F mel bands, N mel frames, D size of the common space.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from kikimimi.encoders.contract import Encoding, FrameEncoding, check_clips
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.published.transformers_model import (
    TransformersEncoder,
    cut_pieces,
    readable,
    weighted_mean,
)
from kikimimi.encoders.registry import register
from kikimimi.errors import EncoderError
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import CLAP
from kikimimi.types import FloatArray

_HUB_ID = "laion/clap-htsat-unfused"
_PIECE_S = 10
_PIECE_SAMPLES = _PIECE_S * CLAP.sample_rate_hz
_STEPS = 32
"""Times of the last layer in a piece."""
_PREPROCESSOR_NAME = "preprocessor_config.json"
_AT_ONCE = 4


@register
class ClapEncoder(TransformersEncoder):
    """CLAP with HTS-AT, 512-d, without feature fusion."""

    hub_id = _HUB_ID
    companions = (
        "config.json",
        _PREPROCESSOR_NAME,
        "tokenizer.json",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "vocab.json",
        "merges.txt",
    )
    model_class = "ClapAudioModelWithProjection"
    config_class = "ClapConfig"
    size_key = "projection_dim"
    other_parts = ("text_model.", "text_projection.", "logit_scale")
    card: ClassVar[PublishedCard] = PublishedCard(
        name="clap",
        title="CLAP of LAION (HTS-AT, unfused, audio and sentences)",
        paper="Wu et al., Large-scale contrastive language-audio pretraining with feature fusion "
        "and keyword-to-caption augmentation, ICASSP 2023",
        licence="Apache-2.0",
        training_data="LAION-Audio-630K and AudioSet with captions",
        sample_rate_hz=CLAP.sample_rate_hz,
        embedding_size=512,
        frame_hop_s=_PIECE_S / _STEPS,
        window_s=float(_PIECE_S),
        parameters=28_190_872,
        source=WeightsSource(
            url=f"https://huggingface.co/{_HUB_ID}/resolve/main/pytorch_model.bin",
            file_name="pytorch_model.bin",
            layout="transformers",
        ),
    )

    def __init__(self, weights: Path | None = None, *, fetch: bool = False) -> None:
        super().__init__(weights, fetch=fetch)
        self._front_end: LogMel | None = None
        self._text: tuple[Any, Any] | None = None

    def model_config(self) -> Any:
        """That of the audio side, with the size of the common space.

        Raises:
            EncoderError: the weights want the fusion of four spectrograms.
        """
        both = super().model_config()
        audio = both.audio_config
        if audio.enable_fusion:
            raise EncoderError(
                f"encoder '{self.card.name}' is CLAP without feature fusion, but config.json says "
                f"enable_fusion; give {_HUB_ID}"
            )
        audio.projection_dim = both.projection_dim
        return audio

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The four stages of HTS-AT, each before its patches are merged."""
        return ("stage1", "stage2", "stage3", "stage4")

    @property
    def knows_words(self) -> bool:
        """Whether the tokeniser lies beside the weights and `transformers` is installed."""
        path = self.weights_path
        if path is None or find_spec("transformers") is None:
            return False
        return any((path.parent / name).is_file() for name in ("tokenizer.json", "vocab.json"))

    def text_query(self, texts: Sequence[str]) -> FloatArray | None:
        """What `embed_texts` gives; None where there is no tokeniser."""
        return self.embed_texts(texts) if self.knows_words else None

    def embed_for_text(self, samples: FloatArray) -> FloatArray:
        """Embed clips in the space of sentences, which all embeddings are in: (B, T) -> (B, D)."""
        return self._encode(check_clips(samples)).embeddings

    def embed_texts(self, texts: Sequence[str]) -> FloatArray:
        """Embed sentences in the space of sounds: S strings -> (S, D) of length 1.

        Of a text longer than 512 pieces the beginning counts.

        Raises:
            EncoderError: a text holds no letter or digit; or the weights, the text model or its
                tokeniser are not here.
        """
        import torch
        from torch.nn import functional

        for text in texts:
            if not any(map(str.isalnum, text)):
                raise EncoderError("a text is empty; write at least one word")
        model, tokenizer = self._text_side()
        most = model.config.max_position_embeddings - 2  # RoBERTa counts positions from 2 on
        rows = []
        with torch.inference_mode():
            for text in texts:
                tokens = tokenizer(text, truncation=True, max_length=most, return_tensors="pt")
                embedded = model(
                    input_ids=tokens["input_ids"], attention_mask=tokens["attention_mask"]
                ).text_embeds
                rows.append(functional.normalize(embedded, dim=1).numpy())
        return np.concatenate([np.zeros((0, self.card.embedding_size), np.float32), *rows])

    def _encode(self, samples: FloatArray) -> Encoding:
        import torch

        parts, weights = [], []
        for piece in cut_pieces(samples, length=_PIECE_SAMPLES, hop=_PIECE_SAMPLES):
            rows = [torch.from_numpy(self._unit(out.audio_embeds)) for out in self._run(piece)]
            parts.append(torch.cat(rows).numpy())
            weights.append(piece.shape[1])
        mean = self._unit(torch.from_numpy(weighted_mean(parts, weights)))
        return Encoding(mean, np.zeros((len(samples), 0), np.float32))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        import torch

        network: Any = self.network
        parts = []
        for piece in cut_pieces(samples, length=_PIECE_SAMPLES, hop=_PIECE_SAMPLES):
            steps = [out.last_hidden_state.mean(dim=2).transpose(1, 2) for out in self._run(piece)]
            with torch.inference_mode():
                projected = network.audio_projection(torch.cat(steps))
                parts.append(self._unit(projected)[:, : self._steps(piece, projected.shape[1])])
        frames = np.concatenate(parts, axis=1)
        centres = (np.arange(frames.shape[1]) + 0.5) * self.card.frame_hop_s
        timestamps = np.minimum(centres, samples.shape[1] / CLAP.sample_rate_hz)
        return FrameEncoding(frames, timestamps.astype(np.float32))

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        pieces: dict[str, list[FloatArray]] = {name: [] for name in names}
        options = {"output_hidden_states": True, "output_hidden_states_before_downsampling": True}
        for piece in cut_pieces(samples, length=_PIECE_SAMPLES, hop=_PIECE_SAMPLES):
            outputs = self._run(piece, **options)
            for name in names:
                number = 1 + self.layer_names.index(name)
                rows = np.concatenate([self._unfolded(o.hidden_states[number]) for o in outputs])
                pieces[name].append(rows[:, : self._steps(piece, rows.shape[1])])
        return {name: np.concatenate(rows, axis=1) for name, rows in pieces.items()}

    def _run(self, piece: FloatArray, **options: bool) -> list[Any]:
        """What the model gives for a few clips (<= 4, t) of a piece at a time."""
        import torch

        network, log_mel = self.network, self._log_mel()
        repeated = np.tile(piece, (1, _PIECE_SAMPLES // piece.shape[1]))
        missing = _PIECE_SAMPLES - repeated.shape[1]
        filled = np.pad(repeated, ((0, 0), (0, missing)))
        outputs = []
        with torch.inference_mode():
            for start in range(0, len(filled), _AT_ONCE):
                maps = torch.from_numpy(log_mel(filled[start : start + _AT_ONCE]))
                outputs.append(network(input_features=maps.transpose(1, 2)[:, None], **options))
        return outputs

    def _unfolded(self, maps: Any) -> FloatArray:
        """A stage's map, with time folded into H, over time: (B, C, H, W) -> (B, N_l, C F_l)."""
        config: Any = self.network.config
        folds = config.spec_size // config.num_mel_bins
        times = maps.unflatten(2, (folds, -1)).permute(0, 2, 4, 1, 3)
        return times.flatten(3).flatten(1, 2).numpy()

    @staticmethod
    def _steps(piece: FloatArray, of: int) -> int:
        """How many of the steps of a whole piece begin before the clips end."""
        return max(1, -(-piece.shape[1] * of // _PIECE_SAMPLES))

    @staticmethod
    def _unit(vectors: Any) -> FloatArray:
        """Vectors of length 1 along the last axis."""
        from torch.nn import functional

        return functional.normalize(vectors, dim=-1).numpy()

    def _log_mel(self) -> LogMel:
        """The front end, with the band that the folder's preprocessor names."""
        if self._front_end is None:
            path = self.weights_path
            beside = path.parent / _PREPROCESSOR_NAME if path else None
            settings: dict[str, Any] = {}
            if beside is not None and beside.is_file():
                with readable(beside.parent):
                    settings = json.loads(beside.read_text(encoding="utf-8"))
            low = float(settings.get("frequency_min", CLAP.f_min_hz))
            high = float(settings.get("frequency_max", CLAP.f_max_hz))
            self._front_end = LogMel(replace(CLAP, f_min_hz=low, f_max_hz=high))
        return self._front_end

    def _text_side(self) -> tuple[Any, Any]:
        """The text model and its tokeniser, read when words are first asked for."""
        if self._text is None:
            from kikimimi.encoders.published.transformers_model import import_transformers

            path = self._path_or_refuse()
            audio_parts = ("audio_model.", "audio_projection.", "logit_scale")
            config = super().model_config()
            text = config.text_config
            text.projection_dim = config.projection_dim
            model = self.read_model(path, "ClapTextModelWithProjection", audio_parts, text)
            with readable(path.parent):
                tokenizer = import_transformers().AutoTokenizer.from_pretrained(
                    path.parent, local_files_only=True, trust_remote_code=False
                )
            self._text = (model, tokenizer)
        return self._text
