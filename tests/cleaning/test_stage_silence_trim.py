import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.registry import create_stage
from kikimimi.types import Clip

RATE = 1000
CELL = 5


def trim(samples, **settings):
    stage = create_stage("silence_trim", settings, where="test")
    cleaned, (report,) = clean_clip([Step(stage)], Clip(samples.astype(np.float32), RATE))
    return cleaned.samples, report


def reference(samples, threshold_db, before, after):
    """First and last frame to keep, cell by cell."""
    frames = samples.shape[1]
    powers = []
    for start in range(0, frames, CELL):
        cell = samples[:, start : start + CELL].astype(np.float64)
        powers.append(max(sum(value**2 for value in channel) / CELL for channel in cell))
    least = max(powers) * 10 ** (threshold_db / 10)
    audible = [n for n, power in enumerate(powers) if power >= least and power > 0]
    if not audible:
        return 0, frames
    return max(0, audible[0] * CELL - before), min(frames, (audible[-1] + 1) * CELL + after)


@given(
    st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.1, 1.0]), min_size=1, max_size=200),
    st.sampled_from([-10.0, -30.0, -50.0]),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_it_keeps_what_is_audible_and_a_margin(values, threshold_db, before, after):
    samples = np.array([values, values[::-1]], np.float32)
    trimmed, report = trim(
        samples,
        threshold_db=threshold_db + 0.01,
        keep_before_s=before / RATE,
        keep_after_s=after / RATE,
    )
    first, last = reference(samples, threshold_db + 0.01, before, after)
    assert (trimmed == samples[:, first:last]).all()
    assert report.figures["cut_before_s"] == pytest.approx(first / RATE)
    assert report.figures["cut_after_s"] == pytest.approx((len(values) - last) / RATE)


def test_pauses_stay_and_the_report_tells_the_cut():
    samples = np.zeros((1, 5000))
    samples[0, 1000:1200] = samples[0, 3000:3100] = 0.5
    trimmed, report = trim(samples, keep_before_s=0.1, keep_after_s=0.3)
    assert trimmed.shape == (1, 2500)
    assert (report.frames_in, report.frames_out, report.changed) == (5000, 2500, True)


def test_the_loudness_of_the_whole_does_not_matter():
    rng = np.random.default_rng(0)
    samples = rng.normal(size=(1, 4000)) * 1e-5
    samples[0, 2000:2500] *= 1000
    loud, quiet = trim(samples * 10)[0], trim(samples / 10)[0]
    assert loud.shape == quiet.shape == (1, 750)
