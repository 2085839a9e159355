"""Read the commands out of a README, so that what is tested is what is written.

A command is the code block after a marker: `<!-- command: NAME -->`.

    python .ci/readme_command.py README.md test
"""

import re
import sys
from pathlib import Path

_NAMED = re.compile(
    r"^<!-- command: (?P<name>\S+) -->[ \t]*\n+"
    r"(?P<fence>`{3,})[^\n]*\n(?P<command>.*?)\n(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_MARKER = re.compile(r"<!-- command: (\S+) -->")
_SHELL_BLOCK = re.compile(
    r"^(?P<fence>`{3,})(?:sh|bash|console|shell)[ \t]*\n(?P<lines>.*?)\n(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_COMMENT = re.compile(r"(?:^|\s+)#\s.*$")


def named_commands(text: str) -> dict[str, str]:
    """Commands of a README by the name in their marker.

    Raises:
        ValueError: a marker has no code block or an empty one, or two markers have one name.
    """
    commands: dict[str, str] = {}
    for found in _NAMED.finditer(text):
        if found["name"] in commands:
            raise ValueError(f"two commands are named '{found['name']}'")
        commands[found["name"]] = found["command"].strip()
    for name in _MARKER.findall(text):
        if not commands.get(name):
            raise ValueError(f"no code block with a command follows the marker of '{name}'")
    return commands


def shell_lines(text: str) -> list[str]:
    """All lines of the shell blocks of a README, in order, without their comments."""
    blocks = (found["lines"] for found in _SHELL_BLOCK.finditer(text))
    lines = (_COMMENT.sub("", line).strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line]


def main(arguments: list[str]) -> int:
    """Print the command that the README at the first argument gives under the second one."""
    if len(arguments) != 2:
        print("usage: readme_command.py README NAME", file=sys.stderr)
        return 2
    readme, name = arguments
    try:
        print(named_commands(Path(readme).read_text(encoding="utf-8"))[name])
    except KeyError:
        print(f"{readme}: has no command marked '{name}'", file=sys.stderr)
        return 1
    except (OSError, ValueError) as error:
        print(f"{readme}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
