"""What all generators of a folder do alike: sizes from its options, weights into its parts."""

from abc import abstractmethod
from typing import Any, Self, TypeVar

from torch import nn

from kikimimi.errors import ConfigError, GenerationError
from kikimimi.generation.contract import Generator
from kikimimi.generation.folder import GeneratorFolder
from kikimimi.generation.mel import GenerationMel
from kikimimi.training.config import build

C = TypeVar("C")
P = TypeVar("P", bound=nn.Module)


class PartsGenerator(Generator):
    """A generator whose weights stand in one file under the names of its parts.

    Args:
        folder: what stands in the folder of the generator.

    Raises:
        GenerationError: its sizes are impossible.
    """

    def __init__(self, folder: GeneratorFolder) -> None:
        self.card = folder.card
        self.folder = folder
        self._parts: nn.ModuleDict | None = None
        self._front_end = GenerationMel()

    @abstractmethod
    def build_parts(self) -> nn.ModuleDict:
        """All that has weights, with random ones."""

    def load(self) -> Self:
        """Read the weights, once."""
        if self._parts is None:
            parts = self.build_parts()
            self.folder.load_parts(parts)
            self._parts = parts.eval().requires_grad_(requires_grad=False)
        return self

    @property
    def weights_digest(self) -> str:
        """SHA-256 that `config.json` gives; `load` checks that the weights are those."""
        return self.folder.weights_sha256

    def part(self, name: str, kind: type[P]) -> P:
        """A part with its weights.

        Raises:
            GenerationError: they are not loaded.
        """
        if self._parts is None:
            raise GenerationError(f"generator '{self.card.name}' is not loaded; call load() first")
        part = self._parts[name]
        if not isinstance(part, kind):
            raise TypeError(f"part '{name}' is a {type(part).__name__}, not a {kind.__name__}")
        return part

    def options_of(self, part: str, kind: type[C]) -> C:
        """The sizes of a part as the folder gives them.

        Raises:
            GenerationError: there are none, or they are impossible.
        """
        options: Any = self.folder.options
        try:
            return build(kind, options[part], where=f"generator '{self.card.name}'")
        except (KeyError, ConfigError) as error:
            raise GenerationError(f"{self.folder.place}: damaged ({error}); train again") from None
