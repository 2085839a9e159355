import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kikimimi.metrics.confidence import mean_with_interval

VALUES = st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30)


@settings(deadline=None)
@given(VALUES, st.floats(0.5, 0.999))
def test_it_is_the_interval_of_scipy(values: list[float], level: float) -> None:
    """Oracle: scipy.stats.t.interval about the standard error of the mean."""
    found = mean_with_interval(values, level=level)
    error = stats.sem(values)
    if error == 0:
        assert found.half_width == pytest.approx(0, abs=1e-9)
        return
    low, high = stats.t.interval(level, len(values) - 1, loc=np.mean(values), scale=error)
    assert found.mean == pytest.approx((low + high) / 2, abs=1e-6)
    assert found.half_width == pytest.approx((high - low) / 2, rel=1e-6, abs=1e-9)


def test_one_value_has_no_width_and_none_no_mean() -> None:
    assert mean_with_interval([0.5]).half_width == 0
    for values, level in (([], 0.95), ([1.0], 1.0)):
        with pytest.raises(ValueError, match="at the level"):
            mean_with_interval(values, level=level)
