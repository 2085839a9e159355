import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.cleaning.chain import Step, clean_clip
from kikimimi.cleaning.registry import create_stage
from kikimimi.errors import ConfigError
from kikimimi.types import Clip

RATE = 1000


def gains(frames, **settings):
    stage = create_stage("fades", settings, where="test")
    ones = Clip(np.ones((2, frames), np.float32), RATE)
    left, right = clean_clip([Step(stage)], ones)[0].samples
    assert (left == right).all()
    return left


@pytest.mark.parametrize(
    ("shape", "middle"), [("linear", 0.5), ("cosine", 0.5), ("equal_power", np.sqrt(0.5))]
)
def test_the_curves(shape, middle):
    curve = gains(1000, in_s=0.1, out_s=0.2, shape=shape)
    assert curve[0] == 0
    assert curve[50] == pytest.approx(middle)
    assert (curve[100:800] == 1).all()
    assert curve[-101] == pytest.approx(middle)
    assert curve[-1] == 0
    assert (np.diff(curve[:100]) > 0).all()
    assert (np.diff(curve[800:]) < 0).all()


def test_equal_power_fades_of_two_sounds_add_up_to_the_same_power():
    curve = gains(1000, in_s=0.1, out_s=0.1, shape="equal_power")
    np.testing.assert_allclose(curve[:100] ** 2 + curve[-101:-1] ** 2, 1, atol=1e-6)


@given(st.integers(1, 300), st.integers(0, 200), st.integers(0, 200))
def test_fades_longer_than_the_sound_become_shorter(frames, rising, falling):
    curve = gains(frames, in_s=rising / 1000, out_s=falling / 1000)
    top = int(np.argmax(curve))
    assert (np.diff(curve[: top + 1]) >= 0).all()
    assert (np.diff(curve[top:]) <= 0).all()
    if rising and frames >= rising + falling:
        assert curve[0] == 0
    if falling and frames >= rising + falling:
        assert curve[-1] == 0


def test_an_unknown_shape_names_the_nearest():
    with pytest.raises(ConfigError, match="no shape 'cosin'; did you mean 'cosine'"):
        create_stage("fades", {"shape": "cosin"}, where="test")
