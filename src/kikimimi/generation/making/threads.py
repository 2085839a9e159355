"""As many threads as one was told, since sums in another order give other bits."""

from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits


@contextmanager
def threads(count: int = 1) -> Iterator[None]:
    """Let PyTorch and the libraries below NumPy compute with `count` threads for a while."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        with threadpool_limits(count):
            yield
    finally:
        torch.set_num_threads(before)
