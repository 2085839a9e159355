"""What the encoders with published weights have in common: finding, fetching, checking, loading."""

from abc import abstractmethod
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.published.checkpoints import converted_for, fit, read_checkpoint
from kikimimi.encoders.published.digests import (
    check_published_digest,
    check_recorded_digest,
    file_digest,
)
from kikimimi.encoders.published.fetching import ByteProgress, fetch
from kikimimi.encoders.published.locations import (
    CONVERTED_NAME,
    cache_folder,
    find_file,
    folder_to_write,
    search_folders,
)
from kikimimi.encoders.published.source import PublishedCard
from kikimimi.errors import EncoderError
from kikimimi.paths import display_path

if TYPE_CHECKING:
    from torch import Tensor, nn


class PublishedEncoder(Encoder):
    """An encoder whose weights are a file that its authors published.

    Subclasses give `card`, `build`, `state_from_checkpoint` and what `Encoder` asks for, and work
    with `self.network`.

    Args:
        weights: the file, or a folder with a file of the published or converted name; if not given,
            `$KIKIMIMI_WEIGHTS/<name>/` and then the user's cache are searched.
        fetch: whether `load` may fetch weights that are not here.
    """

    card: ClassVar[PublishedCard]
    builds_empty: ClassVar[bool] = False
    """Whether `build` makes nothing but what the weights fill, so that `load` may spare itself the
    random numbers (a second for 80 million parameters)."""
    is_published: ClassVar[bool] = True
    """Whether there is a file to fetch; without one, `card.source` says what makes it."""
    other_file_names: ClassVar[tuple[str, ...]] = ()
    """Further names under which the weights may lie in a folder."""

    def __init__(self, weights: Path | None = None, *, fetch: bool = False) -> None:
        self._given = weights
        self._may_fetch = fetch
        self._network: nn.Module | None = None

    @abstractmethod
    def build(self) -> "nn.Module":
        """The network, with any weights."""

    @abstractmethod
    def state_from_checkpoint(self, checkpoint: Mapping[str, Any]) -> "dict[str, Tensor]":
        """The state of the network from what a published file holds.

        Names that it does not know are passed on, so that `load` can refuse them by name.
        """

    @property
    def weights_path(self) -> Path | None:
        """The file that `load` would read; None if there is none here."""
        names = (CONVERTED_NAME, self.card.source.file_name, *self.other_file_names)
        if self._given is None:
            return find_file(search_folders(self.card.name), names)
        if self._given.is_dir():
            return find_file((self._given,), names)
        return self._given if self._given.is_file() else None

    @property
    def weights_are_here(self) -> bool:
        """Whether `load` can do without fetching."""
        return self.weights_path is not None

    def fetch_weights(self, progress: ByteProgress | None = None) -> Path:
        """Fetch the published file to the user's cache, unless it is there.

        Raises:
            EncoderError: it cannot be had, or is not the expected file.
        """
        return fetch(self.card.source, cache_folder(self.card.name), progress=progress)

    def load(self) -> Self:
        """Read the weights, once.

        Raises:
            EncoderError: they are not here (the message says what to place where), damaged, or of
                another model.
        """
        if self._network is None:
            if self._may_fetch and self._given is None and not self.weights_are_here:
                self.fetch_weights()
            path = self._path_or_refuse()
            self._check_digests(path)
            self._network = self._filled(path).eval().requires_grad_(requires_grad=False)
        return self

    @property
    def network(self) -> Any:
        """The loaded network that `build` made, in evaluation mode.

        Raises:
            EncoderError: `load` was not called.
        """
        if self._network is None:
            raise EncoderError(f"encoder '{self.card.name}' is not loaded; call load() first")
        return self._network

    @cached_property
    def weights_digest(self) -> str:
        """SHA-256 of the file of weights.

        Raises:
            EncoderError: it is not here.
        """
        return file_digest(self._path_or_refuse())

    def read(self, path: Path) -> Mapping[str, Any]:
        """What a published file holds. Raises as `read_checkpoint` does."""
        return read_checkpoint(path)

    def converted_state(self, path: Path) -> "dict[str, Tensor]":
        """The state of the network from a published file, checked to fit.

        Raises:
            EncoderError: the file cannot be read, or is of another model.
        """
        return self._filled(path).state_dict()

    def _filled(self, path: Path) -> "nn.Module":
        import torch

        with torch.device("meta" if self.builds_empty else "cpu"):
            network = self.build()
        fit(network, self._state_in(path), path=path, model=self.card.title)
        return network

    def _state_in(self, path: Path) -> "dict[str, Tensor]":
        owner = converted_for(path)
        if owner not in (None, self.card.name):
            raise EncoderError(
                f"{display_path(path)}: was converted for encoder '{owner}', not "
                f"'{self.card.name}'; give the file of that encoder"
            )
        checkpoint = self.read(path)
        return self.state_from_checkpoint(checkpoint) if owner is None else dict(checkpoint)

    def _check_digests(self, path: Path) -> None:
        """A file under the published name is the published one; one given by path may be any."""
        source = self.card.source
        if path.name == source.file_name and path != self._given:
            check_published_digest(path, source, sha256=self.weights_digest)
            check_recorded_digest(path, source, sha256=self.weights_digest)

    def _path_or_refuse(self) -> Path:
        path = self.weights_path
        if path is not None:
            return path
        name, source = self.card.name, self.card.source
        if self._given is not None:
            raise EncoderError(
                f"{display_path(self._given)}: there are no weights of encoder '{name}' there; "
                f"get {source.file_name} from {source.url}"
            )
        raise EncoderError(
            f"the weights of encoder '{name}' are not here; fetch them with `kikimimi models "
            f"--fetch {name}`, or get {source.file_name} from {source.url} and place it in "
            f"{display_path(folder_to_write(name))}"
        )
