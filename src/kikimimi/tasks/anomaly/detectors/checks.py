"""Checks of detectors' settings, made when they are fitted, as scikit-learn has it."""

from numbers import Integral, Real

from kikimimi.errors import AnomalyError


def require_whole(name: str, value: object, *, least: int = 1) -> None:
    """See that a setting is a whole number.

    Raises:
        AnomalyError: it is not, or below `least`.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or int(value) < least:
        raise AnomalyError(f"{name} is {value!r}; give a whole number of {least} or more")


def require_share(name: str, value: object) -> None:
    """See that a setting is a number from 0 to 1.

    Raises:
        AnomalyError: it is not.
    """
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= float(value) <= 1:
        raise AnomalyError(f"{name} is {value!r}; give a number from 0 to 1")
