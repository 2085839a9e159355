"""Recipes that come with the package, by name: `pretrain_m2d` is `recipes/pretrain/m2d.yaml`."""

from pathlib import Path

from kikimimi.errors import ConfigError
from kikimimi.names import suggestion

_FOLDER = Path(__file__).resolve().parents[1] / "recipes"


def recipe_names() -> list[str]:
    """Names of all recipes that come with the package, in alphabetical order."""
    return sorted(_recipes())


def find_recipe(name: str) -> Path:
    """The file of a recipe: `name` itself if there is such a file, else the one of that name.

    Raises:
        ConfigError: there is neither.
    """
    path = Path(name)
    if path.suffix in (".yaml", ".yml") or path.is_file():
        return path
    recipes = _recipes()
    if name not in recipes:
        raise ConfigError(
            f"there is no recipe '{name}'; {suggestion(name, recipes)} or give the path of a file"
        )
    return recipes[name]


def _recipes() -> dict[str, Path]:
    """A file `base*.yaml` is what others are a difference to, and no recipe by itself."""
    return {
        f"{path.parent.name}_{path.stem}": path
        for path in _FOLDER.glob("*/*.yaml")
        if not path.stem.startswith("base")
    }
