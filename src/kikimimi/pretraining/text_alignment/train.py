"""Align sentences with the default encoder, fold by fold.

    python -m kikimimi.pretraining.text_alignment.train recipes/text/base.yaml --shared ../shared \
        --encoder 'runs/default_encoder/fold{fold}/encoder' --run runs/text --only 1 2 3 4 5

embeds clips and mixtures with the encoder that was trained without a fold, writes captions, trains
the head on everything but that fold, and writes the folder `<run>/fold<n>/text_head`. The head to
ship learns from all clips: `--only 0 --encoder src/kikimimi/encoders/pretrained/kikimimi`, written
to `<run>/all/text_head`. What is finished is kept.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch

from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.fold_pattern import FOLD_FIELD, encoder_of_fold
from kikimimi.encoders.text.head import TextHead
from kikimimi.encoders.text.registry import load_text_encoder
from kikimimi.encoders.text.words import HEAD_NAME
from kikimimi.errors import ConfigError
from kikimimi.pretraining.text_alignment.alignment import AlignedHead, Alignment
from kikimimi.pretraining.text_alignment.exporting import export_head
from kikimimi.pretraining.text_alignment.preparation import (
    SourceClip,
    all_clips,
    caption_sounds,
    hear_clips,
)
from kikimimi.pretraining.text_alignment.recipe import NO_FOLD, TextAlignmentRecipe
from kikimimi.training.config import load_recipe
from kikimimi.training.devices import DeviceSettings
from kikimimi.training.loop import fit
from kikimimi.training.run_folder import RunFolder


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the recipe from the command line."""
    parser = argparse.ArgumentParser(description="Align sentences with the default encoder.")
    parser.add_argument("recipe", type=Path)
    parser.add_argument("--shared", type=Path, required=True, help="folder with data/")
    parser.add_argument("--encoder", required=True, help=f"weights; {FOLD_FIELD} is the fold")
    parser.add_argument("--run", type=Path, required=True, help="folder for everything made")
    parser.add_argument("--only", type=int, nargs="*", help="test folds; 0: the head to ship")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    recipe = load_recipe(options.recipe, TextAlignmentRecipe)
    clips = all_clips(options.shared, recipe)
    for fold in options.only if options.only is not None else recipe.test_folds:
        encoder = encoder_of_fold(options.encoder, fold).load()
        check_never_heard(encoder, recipe.held_out)
        learned = [clip for clip in clips if fold == NO_FOLD or clip.fold != fold]
        folder = options.run / ("all" if fold == NO_FOLD else f"fold{fold}")
        align(learned, encoder, recipe, folder, cache=options.run / "heard")
        print(f"{folder / HEAD_NAME}: written", flush=True)


def check_never_heard(encoder: Encoder, categories: Sequence[str]) -> None:
    """Check that an encoder was trained without some categories of ESC-50.

    Raises:
        ConfigError: it gives the tag of one.
    """
    heard = [name for name in categories if f"esc50/{name}" in encoder.card.vocabulary]
    if heard:
        raise ConfigError(
            f"{encoder.reference}: has learned {', '.join(heard)}, which the recipe holds out; "
            "give an encoder that was trained without them"
        )


def align(
    clips: Sequence[SourceClip],
    encoder: Encoder,
    recipe: TextAlignmentRecipe,
    folder: Path,
    *,
    cache: Path,
) -> TextHead:
    """Train the head of an encoder on clips in the run folder `folder`; write and return it.

    Killed and called again, it goes on to the same result.

    Raises:
        ConfigError: the run folder belongs to another recipe.
        AudioError: a clip cannot be read.
        EncoderError: the text encoder is not installed.
        KikimimiError: the loss became NaN, or the run folder cannot be written.
    """
    text_encoder = load_text_encoder(recipe.text_encoder)
    kept, heard = hear_clips(clips, encoder, recipe, cache=cache, progress=_tell)
    data = caption_sounds(kept, heard, encoder, text_encoder, recipe)
    print(
        f"{len(kept)} clips, {len(heard.versions)} versions, {len(data.captions)} captions",
        flush=True,
    )
    trained = fit(
        Alignment(data, recipe.alignment, seed=recipe.loop.seed),
        recipe.loop,
        RunFolder(folder, recipe),
        optimiser=recipe.optimiser,
        schedule=recipe.schedule,
        devices=DeviceSettings(accelerator="cpu"),
    )
    aligned = trained.ema or trained.network
    if not isinstance(aligned, AlignedHead):
        raise TypeError(f"expected an AlignedHead, got {type(aligned).__name__}")
    return export_head(aligned.head, heard, encoder, text_encoder, recipe, folder / HEAD_NAME)


def _tell(done: int, total: int) -> None:
    print(f"heard {done}/{total}", flush=True)


if __name__ == "__main__":
    main()
