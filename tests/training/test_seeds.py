import random

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from kikimimi.training.seeds import epoch_generator, seed_libraries
from kikimimi.training.trainable import Shard


def _draw() -> tuple[float, float, float]:
    return random.random(), float(np.random.random()), float(torch.rand(1))


def test_every_library_is_seeded_for_each_epoch_and_rank() -> None:
    draws = {}
    for key in [(0, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 0)]:
        seed_libraries(key[0], key[1], rank=key[2])
        draws[key] = _draw()
    for place in range(3):
        assert len({draw[place] for draw in draws.values()}) == len(draws)
    seed_libraries(0, 1)
    assert _draw() == draws[0, 1, 0]


def test_generators_differ_by_epoch_rank_and_stream() -> None:
    generators = [
        epoch_generator(3, 0),
        epoch_generator(3, 1),
        epoch_generator(3, 0, rank=1),
        epoch_generator(3, 0, stream=9),
        epoch_generator(0, 3),
    ]
    assert len({generator.random() for generator in generators}) == len(generators)
    assert epoch_generator(3, 1).random() == epoch_generator(3, 1).random()


@given(count=st.integers(0, 50), world_size=st.integers(1, 7))
def test_shards_are_even_and_share_nothing(count: int, world_size: int) -> None:
    items = np.arange(count)
    shards = [Shard(rank, world_size).take(items) for rank in range(world_size)]
    assert {len(shard) for shard in shards} == {count // world_size}
    taken = np.concatenate(shards)
    assert len(set(taken.tolist())) == len(taken) == count - count % world_size
