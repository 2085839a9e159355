import numpy as np

from kikimimi.encoders.registry import load_encoder


def test_a_steady_tone_has_its_level_in_its_band_and_no_deviation() -> None:
    """The centres of the bands by the HTK formula."""
    encoder = load_encoder("logmel_statistics")
    tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(32000) / 16000)
    means, deviations = np.split(encoder.embed_clips(tone[None].astype(np.float32))[0], 2)
    centres = 700 * (np.exp(np.linspace(*map(_mel, (125, 7500)), 66)[1:-1] / 1127) - 1)
    assert abs(means.argmax() - np.abs(centres - 1000).argmin()) <= 1
    assert deviations.max() < 0.05


def test_it_is_the_mean_and_deviation_of_the_frames() -> None:
    encoder = load_encoder("logmel_statistics")
    clip = np.random.default_rng(0).standard_normal((1, 16000)).astype(np.float32)
    frames = encoder.embed_layers(clip, ["log_mel"])["log_mel"][0]
    expected = np.concatenate([frames.mean(axis=0), frames.std(axis=0)])
    np.testing.assert_allclose(encoder.embed_clips(clip)[0], expected, rtol=1e-5)


def _mel(hz: float) -> float:
    return 1127 * np.log(1 + hz / 700)
