"""Presets: chains of stages, declared in YAML.

    description: Outdoor recordings
    stages:
      - dc_removal
      - high_pass: {cutoff_hz: 60}
      - noise_reduction: {reduction_db: 12, bypass: true}

A stage may stand more than once. `bypass` takes any stage out of the chain without deleting it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kikimimi.cleaning.chain import Step
from kikimimi.cleaning.registry import create_stage
from kikimimi.cleaning.yaml_values import parse_yaml
from kikimimi.errors import ConfigError
from kikimimi.names import suggestion
from kikimimi.paths import display_path

_FOLDER = Path(__file__).with_name("presets")
_KEYS = ("description", "stages")


@dataclass(frozen=True, slots=True)
class Preset:
    """A chain with a name, and a sentence that says what it is for."""

    name: str
    description: str
    steps: tuple[Step, ...]


def preset_names() -> list[str]:
    """Names of the presets that come with the package, in alphabetical order."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load_preset(name: str | Path) -> Preset:
    """Read a preset: the file of that path, or the one that comes with the package.

    `field` and `field.yaml` are the shipped preset unless there is a file of that name.

    Raises:
        ConfigError: there is no such preset, it is not valid YAML, or it names a stage or a key
            that does not exist (the message names the nearest) or an impossible value.
    """
    path = _find(Path(name))
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            f"{display_path(path)}: {error.strerror}; give the path of a preset"
        ) from None
    except UnicodeDecodeError:
        raise ConfigError(
            f"{display_path(path)}: not a text in UTF-8; give the path of a preset"
        ) from None
    return parse_preset(text, name=path.stem, where=display_path(path))


def parse_preset(text: str, *, name: str, where: str) -> Preset:
    """Make a preset of its YAML text. `where` stands for the text in messages.

    Raises:
        ConfigError: as `load_preset`.
    """
    values = parse_yaml(text, where=where)
    if not isinstance(values, Mapping):
        raise ConfigError(f"{where}: a preset is a mapping with a list of 'stages'")
    for key in values:
        if key not in _KEYS:
            raise ConfigError(f"{where}: unknown key '{key}'; {suggestion(str(key), _KEYS)}")
    stages = values.get("stages")
    if not isinstance(stages, list) or not stages:
        raise ConfigError(f"{where}: 'stages' must be a list of stages, but is {stages!r}")
    steps = tuple(
        _step(entry, f"{where}: stage {number}") for number, entry in enumerate(stages, start=1)
    )
    return Preset(name, str(values.get("description", "")), steps)


def _find(path: Path) -> Path:
    if path.is_file():
        return path
    shipped = _FOLDER / f"{path.stem}.yaml"
    if path.parent == Path() and path.suffix in ("", ".yaml") and shipped.is_file():
        return shipped
    hint = suggestion(path.stem, preset_names())
    raise ConfigError(
        f"there is no preset '{display_path(path)}'; {hint} or give the path of a file"
    )


def _step(entry: Any, where: str) -> Step:
    if isinstance(entry, str):
        entry = {entry: None}
    if not isinstance(entry, Mapping) or len(entry) != 1:
        raise ConfigError(f"{where}: write a name, or a name and its settings, not {entry!r}")
    name, settings = next(iter(entry.items()))
    if settings is not None and not isinstance(settings, Mapping):
        raise ConfigError(f"{where}: the settings of {name} must be a mapping, not {settings!r}")
    rest = dict(settings or {})
    bypass = rest.pop("bypass", False)
    if not isinstance(bypass, bool):
        raise ConfigError(f"{where}: {name}: bypass must be true or false, but is {bypass!r}")
    return Step(create_stage(str(name), rest, where=where), bypass)
