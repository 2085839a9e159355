"""The card beside the weights of what a user has trained."""

from collections.abc import Mapping


def model_card(name: str, about: str, facts: Mapping[str, str]) -> str:
    """`README.md` of a folder of weights: a heading, a sentence and a table of facts."""
    table = "\n".join(f"| {key} | {_cell(value)} |" for key, value in facts.items())
    return f"# {name}\n\n{about}\n\n| | |\n|---|---|\n{table}\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
