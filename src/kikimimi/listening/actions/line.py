"""A line for people on standard output or error."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kikimimi.encoders.vocabulary import Language
from kikimimi.listening.actions.registry import register
from kikimimi.listening.actions.texts import alert_line
from kikimimi.listening.contract import Action, RefusedError
from kikimimi.types import Clip


@register("line")
@dataclass
class LineAction(Action):
    """Prints a line.

    Attributes:
        language: of the names of sounds.
        to: stdout or stderr.
    """

    language: Language = "en"
    to: Literal["stdout", "stderr"] = "stdout"

    def deliver(self, alert: Mapping[str, Any], audio: Clip | None) -> None:
        """Print it."""
        try:
            print(alert_line(alert, self.language), file=getattr(sys, self.to), flush=True)
        except (OSError, ValueError) as error:
            raise RefusedError(f"{self.to} is closed ({error})") from error
