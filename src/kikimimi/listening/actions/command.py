"""A command of the user's, as a list of arguments. No shell reads it."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kikimimi.errors import ConfigError
from kikimimi.listening.actions.registry import register
from kikimimi.listening.actions.texts import filled
from kikimimi.listening.contract import Action, RefusedError
from kikimimi.types import Clip


@register("command")
@dataclass
class CommandAction(Action):
    """Runs a program; the alert comes as JSON on its standard input.

    Attributes:
        arguments: the program and what it is given; `{rule}`, `{label}`, `{time}` and other keys
            of an alert stand for their values within each.
        timeout_s: after which it is killed, with all that it started.

    Raises:
        ConfigError: there is no program, or the time is not positive.
    """

    arguments: tuple[str, ...]
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        if not self.arguments or not self.arguments[0]:
            raise ConfigError("arguments name no program; write a list such as [notify-send, text]")
        if not self.timeout_s > 0:
            raise ConfigError(f"timeout_s must be over 0, but is {self.timeout_s}")

    def deliver(self, alert: Mapping[str, Any], audio: Clip | None) -> None:
        """Run it to its end."""
        arguments = [filled(argument, alert) for argument in self.arguments]
        program = arguments[0]
        try:
            process = subprocess.Popen(
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise RefusedError(f"'{program}' cannot be run ({reason})") from error
        with process:
            try:
                process.communicate(json.dumps(dict(alert)).encode(), timeout=self.timeout_s)
            except subprocess.TimeoutExpired:
                _kill(process)
                raise RefusedError(f"'{program}' ran over {self.timeout_s:g} s") from None
        if process.returncode:
            raise RefusedError(f"'{program}' ended with status {process.returncode}")


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End the program and what it started."""
    if os.name == "nt":
        process.kill()
        return
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        process.kill()
