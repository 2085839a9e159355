"""The page's modules: their own unit tests in node, and their types."""

import subprocess

from node_tools import FOLDER, node, node_modules


def test_pure_modules_pass_their_unit_tests() -> None:
    tests = sorted(map(str, (FOLDER / "unit").glob("*.test.js")))
    done = subprocess.run([node(), "--test", *tests], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_of_the_page_are_sound() -> None:
    compiler = node_modules() / "typescript" / "bin" / "tsc"
    command = [node(), str(compiler), "--project", str(FOLDER / "tsconfig.json")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
