"""How long to wait before something is tried again."""

from dataclasses import dataclass
from random import Random

from kikimimi.errors import ConfigError


@dataclass(frozen=True, slots=True)
class BackOff:
    """Each wait is twice the one before, up to a most, and up to a quarter shorter by chance.

    Raises:
        ConfigError: the waits are not positive, or in the wrong order.
    """

    first_s: float = 1.0
    most_s: float = 60.0

    def __post_init__(self) -> None:
        if not 0 < self.first_s <= self.most_s:
            raise ConfigError(
                f"waits from {self.first_s:g} s to {self.most_s:g} s are impossible; give the "
                "shorter one first"
            )

    def wait_s(self, failures: int, chance: Random) -> float:
        """The wait after that many failures in a row, 1 or more."""
        longest = min(self.most_s, self.first_s * 2.0 ** min(failures - 1, 64))
        return longest * (1 - 0.25 * chance.random())
