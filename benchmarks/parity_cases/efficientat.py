"""EfficientAT against the authors' repository, whose folder `models` lies among the oracles.

Of torchvision and torchaudio it uses one part each, which stand-ins replace: a convolution with
normalisation and activation, and Kaldi's mel matrix, which `transformers` has as well.
"""

import sys
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import torch
from torch import Tensor, nn

from kikimimi.encoders.published.efficientat import Mn04Encoder, Mn10Encoder
from parity_cases.oracles import import_oracle, randomise, some_sounds, stand_ins
from parity_cases.registry import Comparison, MissingOracle, Setting, case

_SAMPLES = 2 * 32000 + 321
_ORACLE = "fschmid56/EfficientAT (repository, `models`), random weights"


@case("mn04_as", oracle=_ORACLE)
def compare_narrow(setting: Setting) -> Iterator[Comparison]:
    """From the waveform on, through a checkpoint in the published layout."""
    yield from _compare(setting, Mn04Encoder)


@case("mn10_as", oracle=_ORACLE)
def compare_standard(setting: Setting) -> Iterator[Comparison]:
    """From the waveform on, through a checkpoint in the published layout."""
    yield from _compare(setting, Mn10Encoder)


def _compare(setting: Setting, encoder_type: Any) -> Iterator[Comparison]:
    with stand_ins(_PARTS):
        published = import_oracle("models.mn.model")
        with redirect_stdout(sys.stderr):  # it says its default
            front_end = import_oracle("models.preprocess").AugmentMelSTFT().eval()
    rows, last = published._mobilenet_v3_conf(width_mult=encoder_type.width)
    squeeze = {"se_dims": [1], "se_agg": "max", "se_r": 4}
    network = randomise(published.MN(rows, last, num_classes=527, head_type="mlp", se_conf=squeeze))
    clips = some_sounds(2, _SAMPLES)
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts of torch that the repository still uses
        spectra = front_end(torch.from_numpy(clips))
        logits, features = network(spectra.unsqueeze(1))
        # random weights make logits of thousands, of which a sigmoid keeps nothing
        for parameter in network.classifier[5].parameters():
            parameter /= logits.std()
        logits, features = network(spectra.unsqueeze(1))
    path = setting.folder / "mn.pt"
    torch.save(network.state_dict(), path)
    encoder = encoder_type(path).load()
    ours = encoder.encode(clips)
    log_mel = torch.cat(list(encoder.log_mels(clips))).numpy()
    yield Comparison("log-mel", log_mel, spectra.numpy())
    yield Comparison("embedding", ours.embeddings, features.numpy())
    yield Comparison("tag scores", ours.tag_scores, logits.sigmoid().numpy())


class _ConvNormActivation(nn.Sequential):
    """A convolution that keeps the size but for its stride, then what it is given."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel_size: int = 3,
        stride: int = 1,
        groups: int = 1,
        norm_layer: Any = nn.BatchNorm2d,
        activation_layer: Any = nn.ReLU,
        dilation: int = 1,
    ) -> None:
        conv = nn.Conv2d(
            inputs,
            outputs,
            kernel_size,
            stride,
            padding=(kernel_size - 1) // 2 * dilation,
            dilation=dilation,
            groups=groups,
            bias=False,
        )
        activation = [activation_layer()] if activation_layer else []
        super().__init__(conv, norm_layer(outputs), *activation)


def _mel_banks(
    bands: int, n_fft: int, rate: float, low: float, high: float, **_: Any
) -> tuple[Tensor, None]:
    try:
        from transformers.audio_utils import mel_filter_bank
    except ImportError:
        raise MissingOracle("transformers is not installed") from None
    bank = mel_filter_bank(
        num_frequency_bins=n_fft // 2 + 1,
        num_mel_filters=bands,
        min_frequency=low,
        max_frequency=high,
        sampling_rate=int(rate),
        norm=None,
        mel_scale="kaldi",
        triangularize_in_mel_space=True,
    )
    matrix: Tensor = torch.from_numpy(bank.T[:, :-1]).float()
    return matrix, None


def _no_mask(*_: Any, **__: Any) -> nn.Module:
    return nn.Identity()


_PARTS = {
    "torchvision.ops.misc": {"ConvNormActivation": _ConvNormActivation},
    "torchaudio.compliance.kaldi": {"get_mel_banks": _mel_banks},
    "torchaudio.transforms": {"FrequencyMasking": _no_mask, "TimeMasking": _no_mask},
    "helpers.utils": {"NAME_TO_WIDTH": None},
}
"""What the repository imports, and is not here."""
