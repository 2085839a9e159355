"""Figures of merit of what one call of `kikimimi generate` has made."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kikimimi.cli.generating.calls import GenerateCall
from kikimimi.cli.generating.session import Written
from kikimimi.cli.output import print_failure, print_message, print_table
from kikimimi.encoders.registry import load_encoder
from kikimimi.generation.quality.pairs import PairFigures, mean_figures
from kikimimi.generation.quality.references import find_reference
from kikimimi.generation.quality.sets import EmbeddedSet, SetFigures, embed_set, set_figures
from kikimimi.generation.quality.spread import (
    BlendFigures,
    SpreadFigures,
    blend_figures,
    spread_figures,
)
from kikimimi.types import FloatArray

SCALE = "log-mel from silence to full scale"
Row = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFigures:
    """What can be said of the sounds of one call; None where it takes more sounds."""

    pairs: PairFigures | None = None
    spread: SpreadFigures | None = None
    against: SetFigures | None = None
    blend: BlendFigures | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        values = asdict(self)
        if self.blend is not None:
            values["blend"]["is_monotonic"] = self.blend.is_monotonic
        return values


def figures_of(
    call: GenerateCall,
    written: Sequence[Written],
    *,
    label: str | None = None,
    ends: Sequence[FloatArray] = (),
) -> CallFigures:
    """Compare what was made with its originals, with the reference set and within itself.

    Args:
        call: names reference set and encoder.
        written: what was made.
        label: the class that was asked for, for the reference set.
        ends: the two sounds of a blend.

    Raises:
        EncoderError: there is no such encoder.
        DatasetError: there are no sounds in the reference set.
    """
    single = [each.figures for each in written if each.figures is not None]
    pairs = mean_figures(single) if single else None
    if not written or (len(written) < 2 and call.reference is None and not ends):
        return CallFigures(pairs=pairs)
    encoder = load_encoder(call.encoder)
    made = embed_set(encoder, (each.made.samples for each in written), name="made")
    if ends:
        told = blend_figures(embed_set(encoder, ends, name="ends"), made)
        return CallFigures(pairs=pairs, blend=told)
    if len(written) < 2:
        print_message("FAD and KAD are those of two sounds or more; give a larger --count")
        return CallFigures(pairs=pairs)
    against = None
    if call.reference is not None:
        reference = find_reference(call.reference, label)
        real = embed_set(encoder, reference.sounds(print_failure), name=reference.name)
        against = _against(real, made)
    return CallFigures(pairs=pairs, spread=spread_figures(made), against=against)


def print_figures(figures: CallFigures) -> None:
    """A row for each figure: value, of how many sounds, against which, heard by which encoder."""
    rows = [*_pair_rows(figures.pairs), *_set_rows(figures), *_blend_rows(figures.blend)]
    if rows:
        print_table(("figure", "value", "of", "against", "encoder"), rows, right=("value",))
    if figures.spread is not None and figures.against is None:
        print_message("for FAD and KAD give real sounds with --reference")
    if figures.blend is not None and not figures.blend.is_monotonic:
        print_message("not every step of the blend lies farther from the first sound")


def _against(real: EmbeddedSet, made: EmbeddedSet) -> SetFigures | None:
    if len(real) < 2:
        print_message(f"{real.name}: FAD and KAD need two sounds or more")
        return None
    size = made.embeddings.shape[1]
    if min(len(real), len(made)) < size:
        print_message(
            f"FAD of {len(made)} sounds in {size} dimensions is far too high; compare it only with "
            "that of as many sounds"
        )
    return set_figures(real, made)


def _pair_rows(pairs: PairFigures | None) -> list[Row]:
    if pairs is None:
        return []
    of, against = _sounds(pairs.pairs), "their originals"
    return [
        ("mel MSE", f"{pairs.mel_mse:.5f}", of, f"{against}, {SCALE}", "-"),
        ("multi-scale mel L1", f"{pairs.multi_scale_mel:.3f}", of, against, "-"),
        ("log-spectral distance, dB", f"{pairs.log_spectral_distance_db:.2f}", of, against, "-"),
    ]


def _set_rows(figures: CallFigures) -> list[Row]:
    rows: list[Row] = []
    if figures.against is not None:
        found = figures.against
        of = _sounds(found.made_sounds)
        reference = f"{found.reference}, {_sounds(found.reference_sounds)}"
        rows += [
            ("FAD", f"{found.fad:.4g}", of, reference, found.encoder),
            ("KAD", f"{found.kad:.4g}", of, reference, found.encoder),
        ]
        if found.fad_infinity is not None:
            endless = f"{found.fad_infinity:.4g}"
            rows.append(("FAD-infinity", endless, of, reference, found.encoder))
    if figures.spread is not None:
        spread, of = figures.spread, _sounds(figures.spread.sounds)
        real = figures.against
        theirs = "-" if real is None else f"{real.reference_diversity:.4f} of {real.reference}"
        count = "-" if real is None else f"{real.reference_vendi:.2f} of {real.reference}"
        rows += [
            ("diversity", f"{spread.diversity:.4f}", of, theirs, spread.encoder),
            ("different sounds (Vendi)", f"{spread.vendi:.2f}", of, count, spread.encoder),
        ]
    return rows


def _blend_rows(blend: BlendFigures | None) -> list[Row]:
    if blend is None:
        return []
    steps = list(zip(blend.to_first, blend.to_second, strict=True))
    return [
        (f"distance, step {n}", f"{one:.4f}", "1 sound", f"first ({two:.4f} to second)", name)
        for n, (one, two) in enumerate(steps, start=1)
        for name in (blend.encoder,)
    ]


def _sounds(count: int) -> str:
    return "1 sound" if count == 1 else f"{count} sounds"
