"""The front ends of published systems, by the name of the constant.

Where a paper leaves a setting open, the value of the implementation that made its figures is
taken (librosa's or torchaudio's default); the comment beside it says so.
"""

from dataclasses import replace
from math import log

from kikimimi.features.config import LogMelConfig

_FLOAT32_EPS = 1.1920928955078125e-07

KOMIYA = LogMelConfig(
    sample_rate_hz=44100,
    n_fft=1024,
    win_length=1024,
    hop_length=256,
    n_mels=128,
    f_min_hz=0.0,
    f_max_hz=22050.0,
)
"""Multi-scale 1-D-kernel CNN, Komiya and Kosaka. Scale and padding: librosa's defaults."""

SED_44K = LogMelConfig(
    sample_rate_hz=44100,
    n_fft=2048,
    win_length=1764,
    hop_length=882,
    n_mels=64,
    f_min_hz=0.0,
    f_max_hz=22050.0,
)
"""Sound event detection, Imoto et al.: 40 ms frames every 20 ms, 64-band log mel energy."""

SED_16K = replace(
    SED_44K, sample_rate_hz=16000, n_fft=1024, win_length=640, hop_length=320, f_max_hz=8000.0
)
"""`SED_44K` for recordings at 16 kHz."""

CLASSIFICATION_16K = LogMelConfig(
    sample_rate_hz=16000,
    n_fft=1024,
    win_length=800,
    hop_length=320,
    n_mels=64,
    f_min_hz=40.0,
    f_max_hz=8000.0,
    mel_scale="htk",
    mel_norm=None,
    compression="log_offset",
    floor=1e-3,
)
"""Our own for classification on a CPU: 50 ms frames every 20 ms.

The offset hides what lies about 75 dB under full scale.
"""

VGGISH = LogMelConfig(
    sample_rate_hz=16000,
    n_fft=512,
    win_length=400,
    hop_length=160,
    n_mels=64,
    f_min_hz=125.0,
    f_max_hz=7500.0,
    # TensorFlow's mel matrix has the HTK formula with its triangles drawn in mel, as Kaldi does.
    mel_scale="kaldi",
    mel_norm=None,
    power=1.0,
    compression="log_offset",
    floor=0.01,
    center=False,
)
"""VGGish: Hershey et al., "CNN architectures for large-scale audio classification", 2017."""

YAMNET = replace(VGGISH, floor=0.001)
"""YAMNet (Plakal and Ellis, 2019): VGGish's front end with a smaller offset."""

CNN14_32K = LogMelConfig(
    sample_rate_hz=32000,
    n_fft=1024,
    win_length=1024,
    hop_length=320,
    n_mels=64,
    f_min_hz=50.0,
    f_max_hz=14000.0,
    compression="db",
    pad_mode="reflect",
)
"""CNN14: Kong et al., "PANNs", 2020."""

CNN14_16K = replace(
    CNN14_32K, sample_rate_hz=16000, n_fft=512, win_length=512, hop_length=160, f_max_hz=8000.0
)
"""CNN14 trained at 16 kHz, from the same paper."""

AST = LogMelConfig(
    sample_rate_hz=16000,
    n_fft=512,
    win_length=400,
    hop_length=160,
    n_mels=128,
    f_min_hz=20.0,
    f_max_hz=8000.0,
    mel_scale="kaldi",
    mel_norm=None,
    floor=_FLOAT32_EPS,
    mean=-4.2677393,
    scale=2 * 4.5689974,
    center=False,
    window="hann_symmetric",
    preemphasis=0.97,
    remove_dc=True,
)
"""Audio Spectrogram Transformer: Gong et al., 2021. Kaldi filter bank, statistics of AudioSet."""

BYOL_A = LogMelConfig(
    sample_rate_hz=16000,
    n_fft=1024,
    win_length=1024,
    hop_length=160,
    n_mels=64,
    f_min_hz=60.0,
    f_max_hz=7800.0,
    mel_scale="htk",
    mel_norm=None,
    compression="log_offset",
    floor=_FLOAT32_EPS,
    pad_mode="reflect",
)
"""BYOL-A: Niizumi et al., 2021 and 2023. `mean` and `scale` are the statistics of the data set."""

MSM_MAE = LogMelConfig(
    sample_rate_hz=16000,
    n_fft=400,
    win_length=400,
    hop_length=160,
    n_mels=80,
    f_min_hz=50.0,
    f_max_hz=8000.0,
    compression="log_offset",
    floor=_FLOAT32_EPS,
    mean=-7.1,
    scale=4.2,
    pad_mode="reflect",
)
"""MSM-MAE: Niizumi et al., "Masked spectrogram modeling using masked autoencoders", 2022."""

M2D = MSM_MAE
"""M2D: Niizumi et al., "Masked modeling duo", 2023; the front end of MSM-MAE."""

CLAP = LogMelConfig(
    sample_rate_hz=48000,
    n_fft=1024,
    win_length=1024,
    hop_length=480,
    n_mels=64,
    f_min_hz=50.0,
    f_max_hz=14000.0,
    compression="db",
    pad_mode="reflect",
)
"""CLAP without feature fusion: Wu et al., "Large-scale contrastive language-audio", 2023."""

EFFICIENT_AT = LogMelConfig(
    sample_rate_hz=32000,
    n_fft=1024,
    win_length=800,
    hop_length=320,
    n_mels=128,
    f_min_hz=0.0,
    f_max_hz=15000.0,
    mel_scale="kaldi",
    mel_norm=None,
    compression="log_offset",
    floor=1e-5,
    mean=-4.5,
    scale=5.0,
    pad_mode="reflect",
    window="hann_symmetric",
)
"""EfficientAT: Schmid et al., 2023; the clip as a whole is pre-emphasised (0.97) before it."""

OPENL3 = LogMelConfig(
    sample_rate_hz=48000,
    n_fft=2048,
    win_length=2048,
    hop_length=242,
    n_mels=256,
    f_min_hz=0.0,
    f_max_hz=24000.0,
    mel_scale="htk",
    compression="log",
    floor=1e-20,
    scale=log(10) / 5,
    center=False,
)
"""OpenL3: Cramer et al., 2019; 10 log10 of the root of the mel power. The encoder pads each second
and refers the levels to its loudest."""

COLA = LogMelConfig(
    sample_rate_hz=16000,
    n_fft=1024,
    win_length=400,
    hop_length=160,
    n_mels=64,
    f_min_hz=60.0,
    f_max_hz=7800.0,
    mel_scale="kaldi",
    mel_norm=None,
    power=1.0,
    floor=1e-5,
    center=False,
)
"""COLA: Saeed et al., 2021; each window is scaled to unit energy before it."""

PRESETS: dict[str, LogMelConfig] = {
    "komiya": KOMIYA,
    "sed_44k": SED_44K,
    "sed_16k": SED_16K,
    "vggish": VGGISH,
    "yamnet": YAMNET,
    "cnn14_32k": CNN14_32K,
    "cnn14_16k": CNN14_16K,
    "ast": AST,
    "byol_a": BYOL_A,
    "msm_mae": MSM_MAE,
    "m2d": M2D,
    "clap": CLAP,
    "efficient_at": EFFICIENT_AT,
    "openl3": OPENL3,
    "cola": COLA,
}
"""Every preset by its name in recipes."""
