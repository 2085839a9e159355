"""A line of JSON for each alert, in a file that is begun anew when it is full."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kikimimi.errors import ConfigError
from kikimimi.listening.actions.registry import register
from kikimimi.listening.contract import Action, TemporaryError
from kikimimi.paths import display_path
from kikimimi.types import Clip


@register("json_lines")
@dataclass
class JsonLinesAction(Action):
    """Appends to a file. When it is full it is renamed to `<name>.1`, which is replaced.

    Attributes:
        path: the file; its folder is made.
        most_mb: its greatest size in millions of bytes.

    Raises:
        ConfigError: the size is not positive.
    """

    path: Path
    most_mb: float = 100.0

    def __post_init__(self) -> None:
        self.path = self.path.expanduser()
        if not self.most_mb > 0:
            raise ConfigError(f"most_mb must be over 0, but is {self.most_mb}")

    def deliver(self, alert: Mapping[str, Any], audio: Clip | None) -> None:
        """Append the line, whole or not at all."""
        line = (json.dumps(dict(alert), ensure_ascii=False) + "\n").encode()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._make_room(len(line))
            with self.path.open("ab") as file:
                before = file.tell()
                try:
                    file.write(line)
                    file.flush()
                except OSError:
                    file.truncate(before)
                    raise
        except OSError as error:
            raise TemporaryError(f"{display_path(self.path)}: {error.strerror}") from error

    def _make_room(self, size: int) -> None:
        if self.path.exists() and self.path.stat().st_size + size > self.most_mb * 1e6:
            self.path.replace(self.path.with_name(f"{self.path.name}.1"))
