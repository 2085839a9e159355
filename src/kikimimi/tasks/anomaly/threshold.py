"""The score above which a clip is taken for anomalous, from the scores of normal clips alone.

As in the baselines of DCASE task 2 a gamma distribution is fitted to training scores, and the
threshold is the quantile that leaves the chosen share of false alarms above it (Koizumi et al.,
"Description and discussion on DCASE2020 Challenge Task2", DCASE Workshop 2020). Axis: V clips.
"""

import numpy as np
from numpy.typing import ArrayLike

from kikimimi.errors import AnomalyError

_LEAST_SKEWNESS = 1e-3
_MOST_SKEWNESS = 2.0
"""That of the exponential distribution; few scores seldom tell of more."""


def gamma_threshold(scores: ArrayLike, *, false_alarm_rate: float) -> float:
    """The level that normal clips exceed with the probability `false_alarm_rate`.

    Scores that are all positive, as distances are, give a two-parameter gamma distribution by
    maximum likelihood. Others (differences, z-scores) give one with a location, by moments: the
    likelihood of a free location is unbounded.

    Args:
        scores: (V,) of normal clips, each found without the clip itself.
        false_alarm_rate: between 0 and 1.

    Raises:
        AnomalyError: there are no scores, one is not finite, or the rate is impossible.
    """
    check_rate(false_alarm_rate)
    values = np.asarray(scores, dtype=np.float64).ravel()
    if not len(values) or not np.isfinite(values).all():
        raise AnomalyError(
            f"a threshold cannot be fitted to {len(values)} training scores, of which "
            f"{int((~np.isfinite(values)).sum())} are NaN or infinite; fit on more or other clips"
        )
    mean, spread = float(values.mean()), float(values.std())
    if spread <= 1e-9 * max(abs(mean), 1e-300):
        return float(values.max())
    if values.min() > 0:
        return _positive(values, false_alarm_rate)
    return _by_moments(values, false_alarm_rate)


def check_rate(false_alarm_rate: float) -> None:
    """See that a false-alarm rate lies between 0 and 1.

    Raises:
        AnomalyError: it does not.
    """
    if not 0 < false_alarm_rate < 1:
        raise AnomalyError(
            f"the false-alarm rate is {false_alarm_rate!r}; give a share between 0 and 1, for "
            "example 0.05"
        )


def _positive(values: np.ndarray, rate: float) -> float:
    from scipy.special import gammainccinv

    shape = _shape(float(np.log(values.mean()) - np.log(values).mean()))
    return float(gammainccinv(shape, rate) * values.mean() / shape)


def _shape(gap: float) -> float:
    """The k that maximises the likelihood: the root of log k - digamma(k) = gap, by Newton."""
    from scipy.special import polygamma, psi

    gap = max(gap, 1e-12)
    k = (3 - gap + np.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(4):
        slope = 1 / k - float(polygamma(1, k))
        k = 1 / (1 / k + (np.log(k) - float(psi(k)) - gap) / (k**2 * slope)) if slope else k
    return float(k)


def _by_moments(values: np.ndarray, rate: float) -> float:
    from scipy.special import gammainccinv

    mean, spread = float(values.mean()), float(values.std(ddof=1))
    standard = (values - mean) / float(values.std())
    skewness = float(np.clip((standard**3).mean(), _LEAST_SKEWNESS, _MOST_SKEWNESS))
    shape = 4 / skewness**2
    return mean + spread * (float(gammainccinv(shape, rate)) - shape) / shape**0.5
