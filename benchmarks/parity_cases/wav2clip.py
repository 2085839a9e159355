"""Wav2CLIP against the authors' package.

Its spectrogram comes from torchaudio; a stand-in computes it by convolution with sines and cosines
in double precision, which shares nothing with the transform that we use.
"""

from collections.abc import Iterator
from types import SimpleNamespace

import librosa
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from kikimimi.encoders.published.wav2clip import Wav2ClipEncoder
from parity_cases.oracles import import_oracle, randomise, some_sounds, stand_ins
from parity_cases.registry import Comparison, Setting, case


@case("wav2clip", oracle="wav2clip 0.1.0 (PyPI), random weights")
def compare(setting: Setting) -> Iterator[Comparison]:
    """Clips, and seconds of a clip, through a checkpoint in the published layout."""
    with stand_ins({"torchaudio.transforms": {"Spectrogram": _Spectrogram}}):
        published = import_oracle("wav2clip.model.encoder")
    published.librosa = SimpleNamespace(util=SimpleNamespace(frame=_frame))
    extractor = published.ResNetExtractor
    teacher = extractor(checkpoint=None, scenario="supervise")
    checkpoint = {
        f"audio_encoder.{n}": v for n, v in randomise(teacher.encoder).state_dict().items()
    }
    layers = randomise(
        nn.Sequential(nn.Linear(512, 512), nn.ReLU(), nn.Dropout(), nn.Linear(512, 512))
    )
    checkpoint |= {f"audio_transform.sequential.{n}": v for n, v in layers.state_dict().items()}
    path = setting.folder / "Wav2CLIP.pt"
    torch.save(checkpoint, path)
    encoder = Wav2ClipEncoder(path).load()
    for seconds in (1.7, 3.0):
        clip = some_sounds(1, round(16000 * seconds))
        oracle = extractor(checkpoint=checkpoint, scenario="frozen", transform=True)
        with torch.inference_mode():
            theirs = oracle(torch.from_numpy(clip)).numpy()
        yield Comparison(f"embedding of {seconds} s", encoder.embed_clips(clip), theirs)
    by_second = extractor(
        checkpoint=checkpoint,
        scenario="frozen",
        transform=True,
        frame_length=16000,
        hop_length=16000,
    )
    with torch.inference_mode():
        frames = by_second(torch.from_numpy(clip)).numpy()
    ours = encoder.embed_frames(clip).embeddings[0]
    yield Comparison("embeddings of seconds", ours, np.ascontiguousarray(frames[0].T))


def _frame(samples: NDArray[np.float32], length: int, hop: int) -> NDArray[np.float32]:
    """What the package calls with positions, as older versions of librosa took them."""
    return librosa.util.frame(samples, frame_length=length, hop_length=hop).copy()


class _Spectrogram(nn.Module):
    """Power of a centred, mirrored short-time Fourier transform with a periodic Hann window."""

    def __init__(self, n_fft: int, hop_length: int) -> None:
        super().__init__()
        self._n_fft, self._hop = n_fft, hop_length
        angles = 2 * torch.pi * torch.arange(n_fft, dtype=torch.float64) / n_fft
        window = 0.5 - 0.5 * angles.cos()
        turns = torch.arange(n_fft // 2 + 1, dtype=torch.float64)[:, None] * angles
        self.kernels = torch.cat([turns.cos(), turns.sin()])[:, None] * window
        self.register_buffer("window", window.float())

    def forward(self, x: Tensor) -> Tensor:
        half = self._n_fft // 2
        padded = nn.functional.pad(x.double(), (half, half), mode="reflect")
        waves = nn.functional.conv1d(padded, self.kernels, stride=self._hop)
        real, imaginary = waves.chunk(2, dim=1)
        return (real.square() + imaginary.square()).float().unsqueeze(1)
