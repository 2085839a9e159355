"""The sounds and captions of a recipe."""

from dataclasses import dataclass
from pathlib import Path

from kikimimi.audio.waveform_bank import Progress, open_bank
from kikimimi.encoders.text.registry import create_text_encoder
from kikimimi.pretraining.captions import Captions, captioned, embed_captions
from kikimimi.pretraining.crops.batches import BadFile, CropStream
from kikimimi.pretraining.crops.files import AudioFiles
from kikimimi.pretraining.crops.reading import BankStretches, FileStretches, ReadStretch
from kikimimi.pretraining.method import method_type
from kikimimi.pretraining.recipe import PretrainingRecipe


@dataclass(frozen=True, slots=True)
class Sounds:
    """What is heard, what is said of it, and by which text encoder (empty without captions)."""

    stream: CropStream
    captions: Captions | None
    text_identity: str


def open_sounds(
    recipe: PretrainingRecipe,
    files: AudioFiles,
    cache: Path,
    workers: int,
    bad_file: BadFile | None,
    decoding: Progress | None,
) -> Sounds:
    """Open what a recipe hears; arguments as `kikimimi.pretraining.run.pretrain` has them.

    Raises:
        ConfigError: the batch size does not fit.
        DatasetError: no file has a caption, or none can be decoded into the cache.
        EncoderError: the text encoder cannot be loaded.
    """
    captions, text_identity = None, ""
    if recipe.captions.source != "none":
        files, told = captioned(files, recipe.captions)
        text_encoder = create_text_encoder(recipe.captions.text_encoder)
        captions = embed_captions(told, text_encoder, cache)
        text_identity = text_encoder.identity
    stream = CropStream(
        files,
        _reader(recipe, files, cache, decoding),
        recipe.crops,
        sample_rate_hz=recipe.front_end.sample_rate_hz,
        views=method_type(recipe.method.name).views,
        batch_size=recipe.batch_size,
        seed=recipe.loop.seed,
        workers=workers,
        bad_file=bad_file,
    )
    return Sounds(stream, captions, text_identity)


def _reader(
    recipe: PretrainingRecipe,
    files: AudioFiles,
    cache: Path,
    decoding: Progress | None,
) -> ReadStretch:
    rate_hz, cache_s = recipe.front_end.sample_rate_hz, recipe.crops.cache_s
    if cache_s is None or len(files) > recipe.crops.cache_files:
        stretch_s = recipe.crops.stretch_s
        return FileStretches(files, sample_rate_hz=rate_hz, stretch_s=stretch_s)
    faults: dict[Path, str] = {}
    bank = open_bank(
        list(files),
        sample_rate_hz=rate_hz,
        longest_s=cache_s,
        cache=cache,
        progress=decoding,
        fault=faults.__setitem__,
    )
    return BankStretches(files, bank, faults)
