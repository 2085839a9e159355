"""The import table of the architecture: who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "kikimimi"
ROOT_MODULES = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
BUILDERS = {"pretraining", "tasks", "generation"}
FOR_BUILDERS = {
    *("audio", "features", "encoders", "datasets"),
    *("metrics", "training", "networks"),
}
EVERYTHING = {*FOR_BUILDERS, *BUILDERS, "cleaning", "library", "listening", "pictures"}
MAY_IMPORT: dict[str, set[str]] = {
    "audio": set(),
    "metrics": set(),
    "training": set(),
    "networks": set(),
    "pictures": set(),
    "features": {"audio"},
    "encoders": {"audio", "features", "networks"},
    "datasets": {"audio"},
    **dict.fromkeys(BUILDERS, FOR_BUILDERS),
    "cleaning": {"audio"},
    "library": {"audio", "encoders"},
    "listening": {"audio", "features", "encoders", "library", "training"},
    "cli": {*EVERYTHING, "web"},
    "web": EVERYTHING,
}
HEAVY = ("torch", "fastapi", "scipy", "sklearn", "faiss", "sqlalchemy", "soundfile")


def imported_modules(source: str, package: str) -> set[str]:
    """Absolute names of all that `source`, a module of `package`, imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parents = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*parents, *filter(None, [node.module])])
            names.update(f"{base}.{alias.name}" for alias in node.names)
    return names


def part_of(name: str) -> str | None:
    """The folder (or root module) of kikimimi that an absolute name lies in."""
    first, *rest = name.split(".")
    return rest[0] if first == "kikimimi" and rest else None


def forbidden(path: Path) -> list[str]:
    """Imports of a module that its folder, or its being a root module, does not allow."""
    *folders, name = path.relative_to(PACKAGE).parts
    names = imported_modules(path.read_text(encoding="utf-8"), ".".join(["kikimimi", *folders]))
    if folders:
        allowed = {None, "__version__", folders[0], *ROOT_MODULES, *MAY_IMPORT[folders[0]]}
        return [n for n in names if part_of(n) not in allowed]
    if Path(name).stem not in ROOT_MODULES:
        return []
    light = {*sys.stdlib_module_names, "numpy"}
    return [n for n in names if n.split(".")[0] not in light and part_of(n) not in ROOT_MODULES]


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=[str(m.relative_to(PACKAGE)) for m in MODULES])
def test_module_imports_only_what_the_table_allows(path) -> None:
    assert forbidden(path) == []


def test_every_folder_stands_in_the_table() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert folders <= MAY_IMPORT.keys()


def test_table_keeps_web_from_cli_and_builders_apart() -> None:
    assert "cli" not in MAY_IMPORT["web"]
    assert all(not MAY_IMPORT[builder] & BUILDERS for builder in BUILDERS)
    assert not MAY_IMPORT["library"] & {"tasks", "datasets", "training"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import kikimimi.cli.app", {"kikimimi.cli.app"}),
        ("from kikimimi import cli", {"kikimimi.cli"}),
        ("def f():\n    from kikimimi.cli import app", {"kikimimi.cli.app"}),
        ("from . import routes", {"kikimimi.web.routes"}),
        ("from ..cli.app import main", {"kikimimi.cli.app.main"}),
    ],
)
def test_every_form_of_import_is_seen(source, expected) -> None:
    assert imported_modules(source, "kikimimi.web") == expected


def test_importing_the_package_is_light() -> None:
    code = f"import sys, kikimimi; print([m for m in {HEAVY!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
