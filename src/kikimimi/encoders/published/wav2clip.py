"""Wav2CLIP: 512 numbers in the space of CLIP's pictures and sentences.

Wu, Seetharaman, Kumar and Bello, "Wav2CLIP: learning robust audio representations from CLIP",
ICASSP 2022, MIT. ResNet-18 hears the logarithm of a linear power spectrogram (257 bins, every
22 ms), and two linear layers turn what it hears into CLIP's space.

A clip of any length is heard as a whole, as it was in training with 10 s, its spectrogram scaled to
mean 0 and deviation 1. Over time, whole seconds are heard one by one, scaled together, as the
original does it; a rest of at least half a second (or all that there is) counts as a second, filled
up with silence, which the original leaves out. The original scales all clips of a batch together,
here each clip is scaled alone.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from kikimimi.encoders.contract import Encoding, FrameEncoding
from kikimimi.encoders.published.checkpoints import tensors_in
from kikimimi.encoders.published.encoder import PublishedEncoder
from kikimimi.encoders.published.source import PublishedCard, WeightsSource
from kikimimi.encoders.registry import register
from kikimimi.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor, nn

_RATE_HZ = 16000
_N_FFT = 512
_HOP = 353
_FLOOR = 1e-7
_LEAST_DEVIATION = 1e-9
_SIZE = 512
_SECONDS_AT_ONCE = 8
_NAMES = {"audio_encoder": "network", "audio_transform": "transform"}
_UNREAD = ("audio_encoder.spectrogram.", "image_transform.")
"""The front end's window, and what turned pictures in training."""


@register
class Wav2ClipEncoder(PublishedEncoder):
    """ResNet-18 and the two layers that lead to CLIP, 512-d."""

    builds_empty = True
    card: ClassVar[PublishedCard] = PublishedCard(
        name="wav2clip",
        title="Wav2CLIP (audio in the space of CLIP ViT-B/32)",
        paper="Wu et al., Wav2CLIP: learning robust audio representations from CLIP, ICASSP 2022",
        licence="MIT",
        training_data="VGGSound (200,000 videos, no labels), taught by CLIP",
        sample_rate_hz=_RATE_HZ,
        embedding_size=_SIZE,
        frame_hop_s=1.0,
        window_s=10.0,
        parameters=11_695_552,
        source=WeightsSource(
            url=(
                "https://github.com/descriptinc/lyrebird-wav2clip/releases/download/"
                "v0.1.0-alpha/Wav2CLIP.pt"
            ),
            file_name="Wav2CLIP.pt",
            layout="wav2clip: audio_encoder, audio_transform.sequential",
        ),
    )

    def build(self) -> "nn.Module":
        """ResNet-18, and two linear layers with a ReLU between them."""
        from torch import nn

        from kikimimi.networks.resnet18 import ResNet18, ResNet18Config

        layers = (nn.Linear(_SIZE, _SIZE), nn.ReLU(), nn.Dropout(0.1), nn.Linear(_SIZE, _SIZE))
        transform = nn.ModuleDict({"sequential": nn.Sequential(*layers)})
        return nn.ModuleDict({"network": ResNet18(ResNet18Config()), "transform": transform})

    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """The tensors of the audio side."""
        state = {}
        for name, value in tensors_in(checkpoint, "model", "state_dict").items():
            if not name.startswith(_UNREAD):
                part, _, rest = name.partition(".")
                state[f"{_NAMES.get(part, part)}.{rest}"] = value
        return state

    def _encode(self, samples: FloatArray) -> Encoding:
        import torch

        self.network  # noqa: B018 -- says at once that nothing is loaded
        with torch.inference_mode():
            clips = [self._embed(spectrum) for spectrum in self._spectra(samples[:, None])]
        return Encoding(torch.cat(clips).numpy(), np.zeros((len(samples), 0), np.float32))

    def _encode_frames(self, samples: FloatArray) -> FrameEncoding:
        import torch

        self.network  # noqa: B018 -- says at once that nothing is loaded
        with torch.inference_mode():
            clips = [self._embed(spectra) for spectra in self._spectra(_seconds(samples))]
        frames = torch.stack(clips).numpy()
        centres = np.minimum(np.arange(frames.shape[1]) + 0.5, samples.shape[1] / _RATE_HZ)
        return FrameEncoding(frames, centres.astype(np.float32))

    @property
    def layer_names(self) -> tuple[str, ...]:
        """The entry and the eight residual blocks."""
        from kikimimi.networks.resnet18 import LAYER_NAMES

        return LAYER_NAMES

    def _embed_layers(self, samples: FloatArray, names: tuple[str, ...]) -> dict[str, FloatArray]:
        import torch

        from kikimimi.encoders.layer_maps import wanted_rows

        network = self.network["network"]
        parts: dict[str, list[FloatArray]] = {name: [] for name in names}
        with torch.inference_mode():
            for spectrum in self._spectra(samples[:, None]):
                for name, rows in wanted_rows(network.layer_maps(spectrum), names):
                    parts[name].append(rows)
        return {name: np.concatenate(rows) for name, rows in parts.items()}

    def _embed(self, spectra: "Tensor") -> "Tensor":
        """(W, 257, N) -> (W, 512)."""
        import torch

        network, transform = self.network["network"], self.network["transform"]["sequential"]
        return torch.cat([transform(network(part)) for part in spectra.split(_SECONDS_AT_ONCE)])

    def _spectra(self, windows: FloatArray) -> "Iterator[Tensor]":
        """(B, W, S) -> of each clip its windows' spectra (W, 257, N), scaled together."""
        import torch

        missing = max(0, _N_FFT - windows.shape[2])
        shape = torch.hann_window(_N_FFT)
        for clip in np.pad(windows, ((0, 0), (0, 0), (0, missing))):
            spectra = torch.stft(
                torch.from_numpy(clip),
                _N_FFT,
                hop_length=_HOP,
                window=shape,
                pad_mode="reflect",
                return_complex=True,
            )
            levels = (spectra.abs().square() + _FLOOR).log().double()
            yield ((levels - levels.mean()) / (levels.std() + _LEAST_DEVIATION)).float()


def _seconds(samples: FloatArray) -> FloatArray:
    """(B, T) -> (B, W, 16000)."""
    whole, rest = divmod(samples.shape[1], _RATE_HZ)
    count = max(1, whole + (rest >= _RATE_HZ // 2))
    missing = max(0, count * _RATE_HZ - samples.shape[1])
    filled = np.pad(samples, ((0, 0), (0, missing)))[:, : count * _RATE_HZ]
    return filled.reshape(len(samples), count, _RATE_HZ)
