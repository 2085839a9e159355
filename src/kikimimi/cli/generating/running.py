"""What the kinds of `kikimimi generate` do. Each returns whether all went well."""

from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from kikimimi.cli.generating.calls import GenerateCall
from kikimimi.cli.generating.class_names import class_named
from kikimimi.cli.generating.session import Order, Session, Written, open_session
from kikimimi.cli.output import json_path, print_json, print_message, print_table, short_path
from kikimimi.errors import QueryError
from kikimimi.generation.contract import Condition, Progress
from kikimimi.generation.making.files import plain_stem
from kikimimi.generation.making.maker import HeardSound, MadeSound
from kikimimi.types import FloatArray

LONGEST_TEXT = 500


def run_reconstruct(call: GenerateCall, files: Sequence[Path]) -> bool:
    """Each sound as the generator and the vocoder keep it."""
    with open_session(call) as session:
        orders = []
        for name, heard in session.hear_all(files):

            def make(_: Progress, heard: HeardSound = heard) -> MadeSound:
                return session.maker.reconstruct(heard, seed=call.seed, loop=call.loop)

            target = session.target(f"{_stem(name)}_reconstructed")
            orders.append(Order(target, make, heard.source))
        written = session.write_all(orders)
        return _tell(session, written)


def run_vary(call: GenerateCall, files: Sequence[Path], *, amount: float, count: int) -> bool:
    """`count` sounds like each of the sounds."""
    with open_session(call) as session:
        orders = []
        for name, heard in session.hear_all(files):
            for seed in range(call.seed, call.seed + count):

                def make(
                    progress: Progress, heard: HeardSound = heard, seed: int = seed
                ) -> MadeSound:
                    return session.maker.vary(
                        heard, amount=amount, seed=seed, loop=call.loop, progress=progress
                    )

                target = session.target(f"{_stem(name)}_vary_{seed}")
                orders.append(Order(target, make, heard.source))
        written = session.write_all(orders)
        return _tell(session, written)


def run_blend(call: GenerateCall, first: Path, second: Path, *, steps: int) -> bool:
    """Sounds from the first to the second, both included."""
    with open_session(call) as session:
        one, two = session.hear(first), session.hear(second)
        if one is None or two is None:
            return False
        stem = f"{_stem(one.source.name)}_{_stem(two.source.name)}_blend"
        orders = []
        for number in range(steps):
            share = number / (steps - 1)

            def make(
                _: Progress,
                first: HeardSound = one,
                second: HeardSound = two,
                share: float = share,
            ) -> MadeSound:
                return session.maker.blend(
                    first, second, share=share, seed=call.seed, loop=call.loop
                )

            original = {0: one.source, steps - 1: two.source}.get(number)
            orders.append(Order(session.target(f"{stem}_{number + 1}"), make, original))
        written = session.write_all(orders)
        return _tell(session, written, ends=(one.source.samples, two.source.samples))


def run_sample(
    call: GenerateCall,
    *,
    label: str | None,
    text: str | None,
    like: Path | None,
    guidance: float | None,
    seconds: float,
    count: int,
) -> bool:
    """New sounds of a class, after words or after a sound."""
    if text is not None and len(text) > LONGEST_TEXT:
        raise QueryError(f"the text has {len(text)} characters; give {LONGEST_TEXT} at most")
    with open_session(call) as session:
        card = session.maker.generator.card
        wanted = None if label is None else class_named(label, card.classes)
        heard = None if like is None else session.hear(like)
        if like is not None and heard is None:
            return False
        condition = Condition(
            label=wanted,
            text=text,
            sound=None if heard is None else heard.source.samples,
            guidance=guidance,
        )
        stem = wanted or (f"like_{_stem(heard.source.name)}" if heard else "sample")
        orders = []
        for seed in range(call.seed, call.seed + count):

            def make(progress: Progress, seed: int = seed) -> MadeSound:
                return session.maker.sample(
                    condition,
                    seconds=seconds,
                    seed=seed,
                    loop=call.loop,
                    like=None if heard is None else heard.source.name,
                    progress=progress,
                )

            orders.append(Order(session.target(f"{plain_stem(stem)}_{seed}"), make))
        written = session.write_all(orders)
        return _tell(session, written, label=wanted)


def _tell(
    session: Session,
    written: Sequence[Written],
    *,
    label: str | None = None,
    ends: Sequence[FloatArray] = (),
) -> bool:
    """Print what was made and its figures; return whether all went well."""
    call = session.call
    if call.as_json:
        for each in written:
            print_json(_record(each))
    elif written:
        _print_sounds(written)
    if call.figures and written:
        # it brings scipy.signal, which takes a second that sounds without figures need not wait for
        from kikimimi.cli.generating.figures import figures_of, print_figures

        figures = figures_of(call, written, label=label, ends=ends)
        if call.as_json:
            print_json({"figures": figures.as_dict()})
        else:
            print_figures(figures)
    if call.picture is not None and written:
        from kikimimi.cli.generating.pictures import draw_made

        draw_made(call.picture, session, written)
    count = "1 sound" if len(written) == 1 else f"{len(written)} sounds"
    place = short_path(call.output.absolute())
    print_message(f"{count} made into {place} by {session.maker.generator.identity}")
    return not session.failed


def _print_sounds(written: Sequence[Written]) -> None:
    numbers = ("seconds", "seed", "mel L1")
    rows = [
        (
            short_path(each.path.absolute()),
            f"{each.made.duration_s:.2f}",
            str(each.made.parameters["seed"]),
            "-" if each.figures is None else f"{each.figures.multi_scale_mel:.3f}",
        )
        for each in written
    ]
    print_table(("file", *numbers), rows, right=numbers)


def _record(written: Written) -> dict[str, Any]:
    record: dict[str, Any] = {
        "path": json_path(written.path),
        "seconds": written.made.duration_s,
        "parameters": dict(written.made.parameters),
    }
    if written.figures is not None:
        record["figures"] = {
            "mel_mse": written.figures.mel_mse,
            "multi_scale_mel": written.figures.multi_scale_mel,
            "log_spectral_distance_db": written.figures.log_spectral_distance_db,
        }
    return record


def _stem(name: str) -> str:
    """`day/rain.wav` -> `day/rain`."""
    pure = PurePosixPath(name)
    return str(pure.with_name(pure.stem))
