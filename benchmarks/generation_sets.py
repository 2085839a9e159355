"""How far made sounds are from real ones, as sets: FAD, KAD and diversity against a held-out fold.

    python benchmarks/generation_sets.py --data ../shared/data/esc50 \\
        --generator base=runs/vae/generator@griffin_lim_32 --generator flow=runs/flow/generator \\
        --base base --encoder yamnet --encoder logmel_statistics -o runs/sets.json

`sample`: for each clip of the reference fold one new sound of its class, 5 s. `vary`: one variation
of each clip of the other fold. The floor is real against real: the other fold itself, as many
clips. The encoders must not have heard the reference fold. What is told last is how much of the way
from the base to the floor a generator goes: 0 for the base, 1 for the floor.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from generation_cases.common import HeldOut, NamedMaker, held_out, named_maker, print_table
from kikimimi.encoders.registry import load_encoder
from kikimimi.files import draft_of
from kikimimi.generation.contract import Condition
from kikimimi.generation.making.maker import SoundMaker
from kikimimi.generation.making.threads import threads
from kikimimi.generation.quality.sets import SetFigures, embed_set, set_figures

SECONDS = 5.0
FLOOR = "real"
Sets = dict[str, list[np.ndarray]]


def main() -> None:
    """Make the sounds, compare the sets and print the table."""
    options = _options()
    with threads(1):
        reference = held_out(options.data, options.fold, most=options.most)
        other = held_out(options.data, options.other_fold, most=options.most)
        sets: Sets = {FLOOR: [sound.samples for sound in other.sounds()]}
        for named in options.generator:
            sets |= _made_sets(named, reference, other, options)
        real = [sound.samples for sound in reference.sounds()]
        figures = {name: _figures(name, real, sets, options.fold) for name in options.encoder}
    result = _result(figures, options)
    if options.output:
        with draft_of(options.output) as draft:
            draft.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    _print(figures, options.base)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fold", type=int, default=5, help="the reference, never trained on")
    parser.add_argument("--other-fold", type=int, default=4, help="for the floor and to vary")
    parser.add_argument("--generator", type=named_maker, action="append", required=True)
    parser.add_argument("--base", help="name of the generator that the others must beat")
    parser.add_argument("--encoder", action="append")
    parser.add_argument("--amount", type=float, default=0.2)
    parser.add_argument("--most", type=int, default=400, help="clips of a fold")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path)
    options = parser.parse_args()
    options.encoder = options.encoder or ["yamnet", "logmel_statistics"]
    return options


def _made_sets(
    named: NamedMaker, reference: HeldOut, other: HeldOut, options: argparse.Namespace
) -> Sets:
    maker = named.open()
    card = maker.generator.card
    if not card.samples:
        print(f"{named.name}: cannot sample or vary; left out", file=sys.stderr)
        return {}

    def sampled(number: int) -> np.ndarray:
        label = reference.labels[number] if card.classes else None
        seed = options.seed + number
        return maker.sample(Condition(label=label), seconds=SECONDS, seed=seed).samples

    sources = other.sounds()

    def varied(number: int) -> np.ndarray:
        heard = maker.hear(sources[number])
        seed = options.seed + number
        return maker.vary(heard, amount=options.amount, seed=seed).samples

    return {
        f"{named.name}, sample": list(_told(named.name, sampled, len(reference.paths))),
        f"{named.name}, vary": list(_told(named.name, varied, len(sources))),
        f"{named.name}, reconstruct": [_reconstructed(maker, each) for each in sources],
    }


def _reconstructed(maker: SoundMaker, source: Any) -> np.ndarray:
    return maker.reconstruct(maker.hear(source)).samples


def _told(name: str, make: Callable[[int], np.ndarray], count: int) -> Iterator[np.ndarray]:
    for number in range(count):
        yield make(number)
        if (number + 1) % 100 == 0:
            print(f"{name}: {number + 1} of {count}", file=sys.stderr)


def _figures(
    encoder_name: str, real: list[np.ndarray], sets: Sets, fold: int
) -> dict[str, SetFigures]:
    encoder = load_encoder(encoder_name)
    reference = embed_set(encoder, real, name=f"fold {fold}")
    return {
        name: set_figures(reference, embed_set(encoder, sounds, name=name))
        for name, sounds in sets.items()
    }


def _result(
    figures: dict[str, dict[str, SetFigures]], options: argparse.Namespace
) -> dict[str, Any]:
    return {
        "fold": options.fold,
        "other_fold": options.other_fold,
        "amount": options.amount,
        "seed": options.seed,
        "generators": {
            each.name: [each.generator, each.vocoder or "beside it"] for each in options.generator
        },
        "figures": {
            encoder: {name: asdict(each) for name, each in sets.items()}
            for encoder, sets in figures.items()
        },
    }


def _print(figures: dict[str, dict[str, SetFigures]], base: str | None) -> None:
    for encoder, sets in figures.items():
        floor = sets[FLOOR]
        print(
            f"\n{encoder} ({floor.encoder}), reference {floor.reference}, "
            f"{floor.reference_sounds} clips; its diversity {floor.reference_diversity:.4f}"
        )
        rows = []
        for name, found in sets.items():
            start = sets.get(f"{base}, {name.rpartition(', ')[2]}")
            rows.append(
                (
                    name,
                    str(found.made_sounds),
                    f"{found.fad:.4g}",
                    f"{found.kad:.4g}",
                    f"{found.diversity:.4f}",
                    f"{found.vendi:.2f}",
                    _way(found.fad, start and start.fad, floor.fad),
                    _way(found.kad, start and start.kad, floor.kad),
                )
            )
        columns = ("set", "sounds", "FAD", "KAD", "diversity", "Vendi", "way by FAD", "by KAD")
        print_table(columns, rows)


def _way(value: float, base: float | None, floor: float) -> str:
    """The share of the gap between base and floor that is closed."""
    if base is None or base == floor:
        return "-"
    return f"{(base - value) / (base - floor):.2f}"


if __name__ == "__main__":
    main()
