"""A message on the desktop, by the program that the system has for it; else a line."""

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kikimimi.encoders.vocabulary import Language
from kikimimi.listening.actions.command import CommandAction
from kikimimi.listening.actions.registry import register
from kikimimi.listening.actions.texts import alert_line
from kikimimi.listening.contract import Action
from kikimimi.types import Clip

_PROGRAM = "notify-send"


@register("desktop")
@dataclass
class DesktopAction(Action):
    """Shows a message with `notify-send`; where there is none, prints the line on standard error.

    Attributes:
        language: of the names of sounds.
    """

    language: Language = "en"

    def deliver(self, alert: Mapping[str, Any], audio: Clip | None) -> None:
        """Show it."""
        line = alert_line(alert, self.language)
        if shutil.which(_PROGRAM) is None:
            print(line, file=sys.stderr, flush=True)
            return
        CommandAction((_PROGRAM, "--app-name=kikimimi", str(alert["rule"]), line)).deliver(
            alert, None
        )
