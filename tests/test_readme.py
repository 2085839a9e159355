"""README.md and README.ja.md give the same commands, and .ci/run reads them right."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
SCRIPT = REPOSITORY / ".ci" / "readme_command.py"
SAMPLE = """
<!-- command: run -->
```sh
pip install . && kikimimi demo
```

<!-- command: test -->

````
pip install ".[dev]" && pytest
````

```sh
# a comment
kikimimi search "#1 bell.wav"   # another
```
"""


def load_script():
    spec = importlib.util.spec_from_file_location("readme_command", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


readme_command = load_script()


def read(name: str) -> str:
    return (REPOSITORY / name).read_text(encoding="utf-8")


def test_both_readmes_have_the_same_marked_commands() -> None:
    commands = readme_command.named_commands(read("README.md"))
    assert {"run", "test"} <= commands.keys()
    assert readme_command.named_commands(read("README.ja.md")) == commands


def test_both_readmes_have_the_same_shell_lines() -> None:
    lines = readme_command.shell_lines(read("README.md"))
    assert readme_command.shell_lines(read("README.ja.md")) == lines


def test_commands_are_read_as_written() -> None:
    assert readme_command.named_commands(SAMPLE) == {
        "run": "pip install . && kikimimi demo",
        "test": 'pip install ".[dev]" && pytest',
    }


def test_comments_are_no_part_of_shell_lines() -> None:
    assert readme_command.shell_lines(SAMPLE) == [
        "pip install . && kikimimi demo",
        'kikimimi search "#1 bell.wav"',
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<!-- command: run -->\nno block", "no code block"),
        ("<!-- command: run -->\n```\n\n```\n", "no code block"),
        (
            "<!-- command: run -->\n```\na\n```\n<!-- command: run -->\n```\nb\n```\n",
            "two commands",
        ),
    ],
)
def test_ambiguous_readmes_are_refused(text, reason) -> None:
    with pytest.raises(ValueError, match=reason):
        readme_command.named_commands(text)


def run_script(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True)


def test_script_prints_a_command(tmp_path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(SAMPLE, encoding="utf-8")
    assert run_script(str(readme), "test").stdout == 'pip install ".[dev]" && pytest\n'
    missing = run_script(str(readme), "deploy")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "no command marked 'deploy'" in missing.stderr
    assert run_script(str(tmp_path / "none.md"), "test").returncode == 1
    assert run_script().returncode == 2
