"""What a server is started with."""

import re
from dataclasses import dataclass
from pathlib import Path

from kikimimi.errors import ConfigError

DEFAULT_PORT = 8765
_TOKEN = re.compile(r"[A-Za-z0-9_-]{12,}")
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where a server listens, which library it shows, and how much it takes.

    Args:
        library: the library file, which need not exist yet.
        host: the address that it listens on.
        port: the port that it listens on, and that the Host header of a request must name.
        token: what a browser must show once; None asks for nothing, on loopback only.
        allowed_hosts: further names that the Host header may have, without a port.
        encoder: the encoder of a library that is made by the page; None takes the default one.
        generator: what the page makes sounds with, a name or a folder; None takes the default one.
        vocoder: what makes them audible; None takes the one beside the generator.
        index_workers: the most processes that indexing uses; None uses every core.
        upload_limit_bytes: the largest sound that may be sent.
        upload_limit_s: the longest sound that may be sent.
        upload_timeout_s: the time that decoding one may take.
        upload_memory_bytes: the address space that decoding one may take.
        uploads_kept: how many are kept at most; the oldest goes first.
        uploads_kept_bytes: how much they take together at most.
        upload_lifetime_s: how long one is kept.

    Raises:
        ConfigError: the token is too short or not plain, or it is missing and the server listens
            beyond this machine.
    """

    library: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    token: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    encoder: str | None = None
    generator: str | None = None
    vocoder: str | None = None
    index_workers: int | None = None
    upload_limit_bytes: int = 64 << 20
    upload_limit_s: float = 600.0
    upload_timeout_s: float = 30.0
    upload_memory_bytes: int = 2 << 30
    uploads_kept: int = 32
    uploads_kept_bytes: int = 512 << 20
    upload_lifetime_s: float = 3600.0

    def __post_init__(self) -> None:
        if self.token is None and not self.is_loopback:
            raise ConfigError(f"listening at {self.host} needs a token; give one with --token")
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise ConfigError(
                "the token must be at least 12 letters, digits, '-' or '_' long; choose another, "
                "or leave --token out for a random one"
            )

    @property
    def is_loopback(self) -> bool:
        """Whether only programs on this machine can reach the server."""
        return self.host in LOOPBACK_HOSTS

    @property
    def url(self) -> str:
        """The address to open in a browser, with the token where there is one."""
        name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        shown = f"[{name}]" if ":" in name else name
        query = f"?token={self.token}" if self.token else ""
        return f"http://{shown}:{self.port}/{query}"
