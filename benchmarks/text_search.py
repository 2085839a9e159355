"""Words that find sounds, by route, on clips that the training did not hear.

    python benchmarks/text_search.py --shared ../shared \
        --encoder 'runs/default_encoder/fold{fold}/encoder' --heads 'runs/text/fold{fold}' \
        --folds 1 2 3 4 5
    python benchmarks/text_search.py --shared ../shared --held-out \
        --encoder runs/few_shot/all/encoder --heads runs/text_held_out/all

The first prints the mAP@10 of the 50 class names as queries for the clips of the test fold, the
second the accuracy among the ten held-out classes of `recipes/text/held_out.yaml`. Routes: `head`,
the cosine in the aligned space (what a library is searched by); `tags`, no training: the scores of
the encoder's tags weighed by how like their names are to the words; `events`, the same with the
521 AudioSet tags only; `both`, head and tags in standard deviations over background sounds (what
`kikimimi tag --labels` uses). For the held-out classes `events, strict` leaves out AudioSet tags
that share a name with one of them: YAMNet, which the encoder started from, has learned those.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from kikimimi.datasets import esc50
from kikimimi.encoders.clauses import clause_of
from kikimimi.encoders.contract import Encoder
from kikimimi.encoders.fold_pattern import FOLD_FIELD, encoder_of_fold
from kikimimi.encoders.text.contract import TextEncoder
from kikimimi.encoders.text.head import TextHead, load_head
from kikimimi.encoders.text.registry import load_text_encoder
from kikimimi.encoders.text.words import HEAD_NAME
from kikimimi.encoders.vocabulary import display_name
from kikimimi.metrics.retrieval import query_average_precision
from kikimimi.pretraining.text_alignment.captions import tags_like
from kikimimi.pretraining.text_alignment.heard import hear
from kikimimi.pretraining.text_alignment.recipe import MixtureSettings, TextAlignmentRecipe
from kikimimi.training.config import load_recipe
from kikimimi.types import FloatArray

_HELD_OUT_RECIPE = Path(__file__).parents[1] / "recipes" / "text" / "held_out.yaml"


class Heads:
    """Scores of sentences for sounds by every route: (S, E), (V, D), (V, K) -> (V, S)."""

    def __init__(self, head: TextHead, encoder: Encoder, strict: Sequence[str]) -> None:
        self._head = head
        vocabulary = encoder.card.vocabulary
        self._event = torch.tensor([tag.startswith("audioset/") for tag in vocabulary])
        self._strict = torch.ones(len(vocabulary), dtype=torch.bool)
        self._strict[list(tags_like(vocabulary, strict))] = False
        self._has_strict = bool(strict)

    def scores(
        self, texts: FloatArray, embeddings: FloatArray, tags: FloatArray
    ) -> dict[str, FloatArray]:
        heard = torch.from_numpy(tags)
        found = {
            "head": embeddings @ self._head.query(texts).T,
            "head, standardised": self._standardised_head(texts, embeddings),
            "tags": self._by_tags(texts, heard, torch.ones_like(self._event)),
            "events": self._by_tags(texts, heard, self._event),
            "both": self._head.label_logits(texts, embeddings, tags),
        }
        if self._has_strict:
            found["events, strict"] = self._by_tags(texts, heard, self._event & self._strict)
        return found

    def _standardised_head(self, texts: FloatArray, embeddings: FloatArray) -> FloatArray:
        directions = self._head.query(texts)
        background = self._head.background_embeddings.numpy() @ directions.T
        return (embeddings @ directions.T - background.mean(axis=0)) / background.std(axis=0)

    def _by_tags(self, texts: FloatArray, heard: torch.Tensor, used: torch.Tensor) -> FloatArray:
        weights = self._head.tag_weights(torch.from_numpy(texts)) * used
        weights = weights / weights.sum(dim=1, keepdim=True)
        background = self._head.background_tags.sqrt() @ weights.T
        scores = (heard.sqrt() @ weights.T - background.mean(dim=0)) / background.std(dim=0)
        return scores.numpy()


def queries(categories: Sequence[str]) -> dict[str, list[str]]:
    """Ways to ask for classes."""
    names = [display_name(f"esc50/{name}", "en") for name in categories]
    return {
        "name": names,
        "sentence": [clause_of(f"esc50/{name}").english for name in categories],
    }


def fold_figures(
    fold: int, shared: Path, encoder: Encoder, head: TextHead, text: TextEncoder, cache: Path
) -> dict[str, float]:
    clips = [clip for clip in esc50.clips(shared / "data" / "esc50") if clip.fold == fold]
    heard = hear([clip.path for clip in clips], encoder, MixtureSettings(versions=1), cache=cache)
    labels = [clip.label for clip in clips]
    routes = Heads(head, encoder, ())
    return {
        f"{route} ({way})": query_average_precision(-scores.T, list(esc50.CATEGORIES), labels, k=10)
        for way, texts in queries(esc50.CATEGORIES).items()
        for route, scores in routes.scores(
            text.embed_texts(texts), heard.embeddings, heard.tag_scores
        ).items()
    }


def held_out_figures(
    held_out: Sequence[str],
    shared: Path,
    encoder: Encoder,
    head: TextHead,
    text: TextEncoder,
    cache: Path,
) -> dict[str, float]:
    clips = [clip for clip in esc50.clips(shared / "data" / "esc50") if clip.label in held_out]
    heard = hear([clip.path for clip in clips], encoder, MixtureSettings(versions=1), cache=cache)
    targets = np.array([list(held_out).index(clip.label) for clip in clips])
    routes = Heads(head, encoder, held_out)
    return {
        f"{route} ({way})": float((scores.argmax(axis=1) == targets).mean())
        for way, texts in queries(held_out).items()
        for route, scores in routes.scores(
            text.embed_texts(texts), heard.embeddings, heard.tag_scores
        ).items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure words that find sounds.")
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--encoder", required=True)
    parser.add_argument("--heads", required=True)
    parser.add_argument("--folds", type=int, nargs="*", default=list(esc50.FOLDS))
    parser.add_argument("--held-out", action="store_true")
    parser.add_argument("--cache", type=Path, default=Path("runs/text/heard"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    text = load_text_encoder()
    held_out = load_recipe(_HELD_OUT_RECIPE, TextAlignmentRecipe).held_out
    found: list[dict[str, float]] = []
    for fold in [0] if options.held_out else options.folds:
        encoder = encoder_of_fold(options.encoder, fold).load()
        head = load_head(
            Path(options.heads.replace(FOLD_FIELD, str(fold))) / HEAD_NAME,
            encoder_digest=encoder.weights_digest,
            text_identity=text.identity,
        )
        found.append(
            held_out_figures(held_out, options.shared, encoder, head, text, options.cache)
            if options.held_out
            else fold_figures(fold, options.shared, encoder, head, text, options.cache)
        )
    figure = "accuracy of 10 held-out classes" if options.held_out else "mAP@10 of 50 classes"
    print(f"{figure}; columns: {'held-out' if options.held_out else options.folds}, mean")
    for route in found[0]:
        values = [figures[route] for figures in found]
        print(f"{route:32}", *(f"{value:.3f}" for value in values), f"{np.mean(values):.3f}")


if __name__ == "__main__":
    main()
