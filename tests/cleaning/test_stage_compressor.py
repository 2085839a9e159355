import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.registry import create_stage
from kikimimi.types import Clip

RATE = 8000


def compress(samples, **settings):
    stage = create_stage("compressor", settings, where="test")
    cleaned, (report,) = clean_clip([Step(stage)], Clip(samples.astype(np.float32), RATE))
    return cleaned.samples, report.figures


def output_level_db(level_db, threshold_db, ratio, knee_db):
    """Equation 4 of Giannoulis, Massberg & Reiss (2012), case by case."""
    over_db = level_db - threshold_db
    if 2 * over_db < -knee_db:
        return level_db
    if 2 * abs(over_db) <= knee_db and knee_db:
        return level_db + (1 / ratio - 1) * (over_db + knee_db / 2) ** 2 / (2 * knee_db)
    return threshold_db + over_db / ratio


def reference(samples, *, threshold_db, ratio, attack_ms, release_ms, knee_db, makeup_db):
    """Sample by sample, with the decoupled peak detector of equation 15."""
    attack, release = (
        math.exp(-1000 / (time_ms * RATE)) if time_ms else 0.0
        for time_ms in (attack_ms, release_ms)
    )
    falling = smooth = 0.0
    result = np.zeros_like(samples)
    for n, frame in enumerate(samples.T):
        level_db = 20 * math.log10(max(np.abs(frame).max(), 1e-10))
        reduction = level_db - output_level_db(level_db, threshold_db, ratio, knee_db)
        falling = max(reduction, release * falling)
        smooth = attack * smooth + (1 - attack) * falling
        result[:, n] = frame * 10 ** ((makeup_db - smooth) / 20)
    return result


@pytest.mark.parametrize(
    "settings",
    [
        {"threshold_db": -20.0, "ratio": 4.0, "attack_ms": 5.0, "release_ms": 50.0, "knee_db": 6.0},
        {"threshold_db": -30.0, "ratio": 2.0, "attack_ms": 0.0, "release_ms": 0.0, "knee_db": 0.0},
        {"threshold_db": -12.0, "ratio": 100.0, "attack_ms": 1.0, "release_ms": 1000.0},
        {
            "threshold_db": -40.0,
            "ratio": 1.5,
            "attack_ms": 50.0,
            "release_ms": 5.0,
            "knee_db": 20.0,
        },
    ],
)
def test_it_is_the_compressor_of_the_paper(settings):
    rng = np.random.default_rng(0)
    bursts = 0.02 + 0.7 * (np.sin(np.arange(12_000) / 400) > 0.3)
    samples = (rng.normal(size=(2, 12_000)) * bursts).astype(np.float32)
    settings = {"knee_db": 6.0, "makeup_db": 3.0, **settings}
    measured, figures = compress(samples, **settings)
    expected = reference(samples.astype(np.float64), **settings)
    np.testing.assert_allclose(measured, expected, rtol=2e-6, atol=1e-7)
    taken_db = 20 * np.log10(np.abs(samples) / np.maximum(np.abs(expected), 1e-12)) + 3
    assert figures["greatest_reduction_db"] == pytest.approx(taken_db.max(), abs=1e-3)


@given(
    st.floats(-60, 0), st.floats(1, 50), st.floats(0, 30), st.floats(-80, 10), st.floats(0.1, 20)
)
def test_the_static_curve_rises_and_never_above_its_input(threshold, ratio, knee, level, step):
    stage = create_stage(
        "compressor", {"threshold_db": threshold, "ratio": ratio, "knee_db": knee}, where="test"
    )
    levels = np.array([level, level + step])
    low, high = levels - stage.reductions(levels)
    assert low <= high <= level + step
    assert low == pytest.approx(output_level_db(level, threshold, ratio, knee), abs=1e-9)


def test_a_steady_tone_comes_out_on_the_curve():
    tone = np.sin(2 * np.pi * 500 * np.arange(2 * RATE) / RATE)[None]
    measured, _ = compress(
        tone, threshold_db=-20.0, ratio=4.0, knee_db=0.0, attack_ms=5.0, release_ms=500.0
    )
    assert 20 * np.log10(np.abs(measured[0, RATE:]).max()) == pytest.approx(-15, abs=0.05)


def test_what_is_under_the_threshold_stays_to_the_bit():
    quiet = (0.01 * np.random.default_rng(0).normal(size=(2, 9000))).astype(np.float32)
    measured, figures = compress(quiet, threshold_db=-20.0)
    assert (measured == quiet).all()
    assert figures == {"greatest_reduction_db": 0.0, "mean_reduction_db": 0.0}
