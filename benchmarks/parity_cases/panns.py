"""CNN14, CNN10 and CNN6 against the authors' package and the copy in LAION's."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import torch
from torch import nn

from kikimimi.encoders.published.panns import Cnn6Encoder, Cnn14Encoder, PannsEncoder
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import CNN14_32K
from kikimimi.networks.panns import Cnn10, SmallCnnConfig
from parity_cases.oracles import import_oracle, randomise, some_sounds
from parity_cases.registry import Comparison, Setting, case

_SAMPLES = 2 * 32000 + 321
_SIZES: dict[str, Any] = {
    **{"sample_rate": 32000, "window_size": 1024, "hop_size": 320, "mel_bins": 64},
    **{"fmin": 50, "fmax": 14000, "classes_num": 527},
}


@case("cnn14", oracle="panns_inference 0.1.1 (PyPI), random weights")
def compare_cnn14(setting: Setting) -> Iterator[Comparison]:
    """From the waveform on, through a checkpoint in the published layout."""
    yield from _compare(setting, Cnn14Encoder, import_oracle("panns_inference.models").Cnn14)


@case("cnn6", oracle="laion_clap 1.1.7 (PyPI), random weights")
def compare_cnn6(setting: Setting) -> Iterator[Comparison]:
    """From the waveform on, through a checkpoint in the published layout."""
    yield from _compare(setting, Cnn6Encoder, _laion().Cnn6)


@case("cnn10", oracle="laion_clap 1.1.7 (PyPI), which has a fifth block; random weights")
def compare_cnn10(setting: Setting) -> Iterator[Comparison]:
    """The network of the copy's sizes; that the published one has four blocks shows in its count
    of parameters, which is that of the paper.
    """
    oracle = randomise(_laion().Cnn10(**_SIZES))
    network = Cnn10(SmallCnnConfig(channels=(64, 128, 256, 512, 1024)))
    known = network.state_dict()
    network.load_state_dict({n: v for n, v in oracle.state_dict().items() if n in known})
    clips = some_sounds(2, _SAMPLES)
    log_mel = torch.from_numpy(LogMel(CNN14_32K)(clips))
    with torch.inference_mode():
        ours = network.eval()(log_mel).numpy()
        theirs = oracle(torch.from_numpy(clips))["embedding"].numpy()
    yield Comparison("embedding", ours, theirs)


def _laion() -> ModuleType:
    unused = ("torchvision", "torchvision.ops", "torchvision.ops.misc", "h5py")
    return import_oracle("laion_clap.clap_module.pann_model", stubs=unused)


def _compare(
    setting: Setting, encoder_type: type[PannsEncoder], oracle_type: type[nn.Module]
) -> Iterator[Comparison]:
    oracle = randomise(oracle_type(**_SIZES))
    path = setting.folder / f"{encoder_type.card.name}.pth"
    torch.save({"model": oracle.state_dict()}, path)
    encoder = encoder_type(path).load()
    clips = some_sounds(2, _SAMPLES)
    with torch.inference_mode():
        theirs = oracle(torch.from_numpy(clips))
    ours = encoder.encode(clips)
    yield Comparison("embedding", ours.embeddings, theirs["embedding"].numpy())
    yield Comparison("tag scores", ours.tag_scores, theirs["clipwise_output"].numpy())
