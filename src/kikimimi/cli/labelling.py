"""Telling sounds by labels that the user gives, for `kikimimi tag --labels`.

Axes: W windows, S labels.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kikimimi.cli.inputs import embed_files, expand
from kikimimi.cli.output import json_path, print_json, print_message, print_table, short_path
from kikimimi.encoders.contract import Encoder, Encoding
from kikimimi.encoders.file_embedding import EmbeddedFile
from kikimimi.encoders.registry import load_encoder
from kikimimi.encoders.text.minilm import is_installed
from kikimimi.encoders.text.translation import to_english
from kikimimi.errors import QueryError
from kikimimi.types import FloatArray

_COMMAS = re.compile("[,、，]")


@dataclass(frozen=True, slots=True)
class Label:
    """A label as typed, and in English."""

    text: str
    english: str


def parse_labels(text: str) -> list[Label]:
    """Read labels between commas; Japanese ones are translated through the vocabulary.

    Raises:
        QueryError: there are fewer than two, or one of them is not understood at all.
    """
    typed = dict.fromkeys(filter(None, map(str.strip, _COMMAS.split(text))))
    if len(typed) < 2:
        raise QueryError(f"--labels {text!r}: give two labels or more, with commas between them")
    labels = []
    for each in typed:
        translated = to_english(each)
        if not translated.text:
            raise QueryError(f"the label {each!r} is not understood; say it in other words")
        if translated.unknown:
            unknown = ", ".join(translated.unknown)
            print_message(f"label {each!r}: not understood: {unknown}; read as {translated.text!r}")
        labels.append(Label(each, translated.text))
    return labels


def tell_labels(
    files: Sequence[Path], text: str, encoder_name: str, limit: int, *, as_json: bool
) -> bool:
    """Print the shares of the labels for each file; return whether all could be read.

    Raises:
        QueryError: the labels cannot be read, or the encoder knows no words.
        EncoderError: the encoder or the text model cannot be loaded.
    """
    labels = parse_labels(text)
    encoder = load_encoder(encoder_name)
    if not encoder.knows_words:
        help_text = (
            "choose another encoder" if is_installed() else 'pip install "kikimimi[text]" may help'
        )
        raise QueryError(f"the encoder '{encoder_name}' knows no words; {help_text}")
    paths = expand(files)
    read = 0
    for path, embedded in embed_files(paths, encoder, label="Labelling"):
        read += 1
        shares = label_shares(embedded, labels, encoder)
        order = np.argsort(-shares, kind="stable")[:limit].tolist()
        if as_json:
            listed = [{"name": labels[n].text, "score": round(float(shares[n]), 4)} for n in order]
            print_json({"path": json_path(path), "labels": listed})
        else:
            shown = "; ".join(f"{labels[n].text} {shares[n]:.2f}" for n in order)
            print_table(("path", "labels"), [(short_path(path), shown)])
    return read == len(paths)


def label_shares(embedded: EmbeddedFile, labels: Sequence[Label], encoder: Encoder) -> FloatArray:
    """The share of each label (S,), by the window that it fits best; they sum to 1.

    Raises:
        QueryError: the encoder knows no words.
    """
    scores = np.repeat(embedded.tag_scores[None], len(embedded.vectors), axis=0)
    logits = encoder.label_logits(
        [label.english for label in labels], Encoding(embedded.vectors, scores)
    )
    if logits is None:
        raise QueryError(f"the encoder '{encoder.card.name}' knows no words; choose another")
    best = logits.max(axis=0)
    exponentials = np.exp(best - best.max())
    return exponentials / exponentials.sum()
