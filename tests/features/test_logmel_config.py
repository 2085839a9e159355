import json
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from kikimimi.errors import ConfigError
from kikimimi.features.config import LogMelConfig
from kikimimi.features.presets import AST, KOMIYA, MSM_MAE, PRESETS, SED_44K, YAMNET


@pytest.mark.parametrize("config", PRESETS.values(), ids=PRESETS.keys())
def test_survives_json(config) -> None:
    assert LogMelConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        YAMNET.n_fft = 1024


def test_unknown_key_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="'n_mel' is unknown; did you mean 'n_mels'"):
        LogMelConfig.from_dict({**YAMNET.to_dict(), "n_mel": 3})


def test_missing_keys_are_named() -> None:
    with pytest.raises(ConfigError, match="lack hop_length, n_mels, f_min_hz, f_max_hz"):
        LogMelConfig.from_dict({"sample_rate_hz": 16000, "n_fft": 512, "win_length": 400})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sample_rate_hz", 0),
        ("sample_rate_hz", "16000"),
        ("n_fft", 0),
        ("n_fft", 300),
        ("n_fft", 512.0),
        ("win_length", -1),
        ("hop_length", 0),
        ("n_mels", True),
        ("f_min_hz", -1.0),
        ("f_min_hz", 7500.0),
        ("f_max_hz", 8001.0),
        ("f_max_hz", float("nan")),
        ("mel_scale", "bark"),
        ("mel_norm", "htk"),
        ("power", 3.0),
        ("compression", "sqrt"),
        ("floor", 0.0),
        ("floor", float("inf")),
        ("mean", None),
        ("scale", 0.0),
        ("center", 1),
        ("pad_mode", "wrap"),
        ("window", "kaiser"),
        ("window", ["hann"]),
        ("preemphasis", 1.0),
        ("remove_dc", "yes"),
    ],
)
def test_impossible_values_are_refused_by_name(key, value) -> None:
    settings = {**YAMNET.to_dict(), key: value}
    name = "win_length" if (key, value) == ("n_fft", 300) else key
    name = "f_max_hz" if (key, value) == ("f_min_hz", 7500.0) else name
    with pytest.raises(ConfigError, match=f"log-mel setting '{name}'") as caught:
        LogMelConfig.from_dict(settings)
    assert "\n" not in str(caught.value)


def test_presets_are_those_of_the_papers() -> None:
    assert (YAMNET.win_length / 16000, YAMNET.hop_length / 16000) == (0.025, 0.010)
    assert (SED_44K.win_length / 44100, SED_44K.hop_length / 44100) == (0.040, 0.020)
    assert (KOMIYA.n_mels, KOMIYA.f_max_hz) == (128, 22050)
    assert (MSM_MAE.mean, MSM_MAE.scale) == (-7.1, 4.2)
    assert (AST.n_mels, round(AST.mean, 2), round(AST.scale, 2)) == (128, -4.27, 9.14)


@pytest.mark.parametrize(
    ("center", "samples", "frames"),
    [
        (False, 1, 1),
        (False, 400, 1),
        (False, 559, 1),
        (False, 560, 2),
        (True, 1, 3),
        (True, 480, 4),
    ],
)
def test_frame_count(center, samples, frames) -> None:
    assert replace(YAMNET, center=center).frame_count(samples) == frames


def test_frame_hop() -> None:
    assert np.isclose(YAMNET.frame_hop_s, 0.01)
