"""Options that several commands have in common, declared once, as the fields of a dataclass."""

import functools
import inspect
from collections.abc import Callable, Collection
from typing import Any, TypeVar

Group = TypeVar("Group")


def takes(
    group: type[Group], *, without: Collection[str] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options of a dataclass; it gets them as one object, its first argument.

    Args:
        group: the dataclass; its fields are annotated as Typer wants the parameters of a command.
        without: fields with a default that are no options of this command.
    """
    options = [
        option
        for name, option in inspect.signature(group, eval_str=True).parameters.items()
        if name not in without
    ]

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        _, *own = inspect.signature(command, eval_str=True).parameters.values()

        @functools.wraps(command)
        def grouped(**given: Any) -> None:
            values = {option.name: given.pop(option.name) for option in options}
            command(group(**values), **given)

        # Typer reads from these two what the command takes.
        parameters = [
            each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *options)
        ]
        grouped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        grouped.__annotations__ = {each.name: each.annotation for each in parameters}
        return grouped

    return decorate
