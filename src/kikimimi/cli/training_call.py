"""What a call of `kikimimi train` asks for, and what all trainings tell alike."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kikimimi.cli.output import print_failure
from kikimimi.errors import ConfigError
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from kikimimi.training.devices import DeviceSettings


@dataclass(frozen=True, slots=True)
class TrainingCall:
    """What was asked for on the command line."""

    recipe: Path
    overrides: tuple[str, ...]
    places: tuple[Path, ...]
    run: Path
    cache: Path
    folds: tuple[int, ...]
    accelerator: str
    devices: int
    workers: int
    threads: int

    @property
    def data(self) -> Path:
        """The folder of the data set.

        Raises:
            ConfigError: several places were given.
        """
        if len(self.places) != 1:
            raise ConfigError(f"{self.recipe}: this task takes one --data, a data set")
        return self.places[0]

    def device_settings(self) -> "DeviceSettings":
        """What the network is trained on.

        Raises:
            ConfigError: there is no such accelerator, or no such number of devices.
        """
        from kikimimi.training.config import build
        from kikimimi.training.devices import DeviceSettings

        wanted = {"accelerator": self.accelerator, "devices": self.devices}
        return build(DeviceSettings, wanted, where="command line")

    def refuse_folds(self, advice: str) -> None:
        """For tasks that train once.

        Raises:
            ConfigError: folds were named; `advice` says what to do instead.
        """
        if self.folds:
            raise ConfigError(f"{self.recipe}: this task knows no folds; {advice}")


def name_bad_file(path: Path, reason: str) -> None:
    """Print a file that cannot be used, and why, once."""
    print_failure(path, reason.removeprefix(f"{display_path(path)}: "))
