from dataclasses import replace

import numpy as np
import pytest
import torch
from logmel_oracles import worst_error

from kikimimi.errors import AudioError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.logmel import LogMel
from kikimimi.features.presets import PRESETS, YAMNET
from kikimimi.features.torch_logmel import TorchLogMel

TINY = LogMelConfig(
    sample_rate_hz=8000,
    n_fft=16,
    win_length=12,
    hop_length=6,
    n_mels=3,
    f_min_hz=100.0,
    f_max_hz=4000.0,
)
VARIANTS = {
    "log": {},
    "log_offset": {"compression": "log_offset", "floor": 0.01},
    "db": {"compression": "db", "mean": -3.0, "scale": 2.0},
    "magnitude": {"power": 1.0, "compression": "log_offset", "floor": 0.01},
    "reflect": {"pad_mode": "reflect"},
    "kaldi": {"center": False, "preemphasis": 0.97, "remove_dc": True, "window": "povey"},
}


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS.keys())
def test_equals_the_numpy_path(config, real_clips) -> None:
    module, logmel = TorchLogMel(config), LogMel(config)
    extremes = [np.zeros(5000), np.ones(1), np.full(5000, 0.5), np.sign(np.sin(np.arange(5000)))]
    for clip in [*real_clips, *(extreme.astype(np.float32) for extreme in extremes)]:
        levels = module(torch.from_numpy(clip)).numpy()
        assert worst_error(levels, logmel(clip), clip, config) <= 1e-4


@pytest.mark.parametrize("options", VARIANTS.values(), ids=VARIANTS.keys())
def test_gradient_is_right(options) -> None:
    module = TorchLogMel(replace(TINY, **options)).double()
    clips = torch.from_numpy(np.random.default_rng(0).standard_normal((2, 40)))
    assert torch.autograd.gradcheck(module, clips.requires_grad_())


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS.keys())
def test_gradient_of_silence_is_finite(config) -> None:
    clip = torch.zeros(config.win_length * 2, requires_grad=True)
    TorchLogMel(config)(clip).sum().backward()
    assert torch.isfinite(clip.grad).all()


def test_nothing_is_saved_with_the_weights() -> None:
    module = TorchLogMel(YAMNET)
    assert not module.state_dict()
    assert not list(module.parameters())


def test_leading_axes_are_kept() -> None:
    clips = torch.randn(2, 3, 4000)
    levels = TorchLogMel(YAMNET)(clips)
    assert levels.shape == (2, 3, 64, YAMNET.frame_count(4000))
    torch.testing.assert_close(levels[1, 2], TorchLogMel(YAMNET)(clips[1, 2]))


def test_autocast_keeps_single_precision() -> None:
    clip = torch.randn(8000)
    module = TorchLogMel(YAMNET)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        levels = module(clip.bfloat16().float())
    assert levels.dtype == torch.float32
    torch.testing.assert_close(levels, module(clip.bfloat16().float()))


def test_half_precision_samples_are_taken() -> None:
    assert TorchLogMel(YAMNET)(torch.randn(8000).half()).dtype == torch.float32


@pytest.mark.parametrize("shape", [(), (0,), (2, 0)])
def test_no_samples_is_refused(shape) -> None:
    with pytest.raises(AudioError, match="T >= 1"):
        TorchLogMel(YAMNET)(torch.zeros(shape))


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_gpu_equals_cpu() -> None:
    clips = torch.randn(2, 16000)
    clip = clips[0].numpy()
    for config in PRESETS.values():
        levels = TorchLogMel(config).cuda()(clips.cuda()).cpu().numpy()
        assert worst_error(levels[0], LogMel(config)(clip), clip, config) <= 1e-4
