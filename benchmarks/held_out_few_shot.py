"""Ten kinds of sound that an encoder never heard, learned from k examples each.

    python -m kikimimi.pretraining.default_encoder recipes/default_encoder/few_shot.yaml \\
        --shared ../shared --run runs/few_shot
    python benchmarks/held_out_few_shot.py recipes/default_encoder/few_shot.yaml \\
        runs/few_shot/few_shot.npz

The first command trains the default encoder without any clip of ten categories of ESC-50, and
embeds all 2,000 clips. Each draw takes k clips of each category; all clips of other source
recordings are queries. Ways to decide:

* nearest mean: the category whose examples' mean is nearest;
* logistic regression on the examples;
* taught tags: `kikimimi.library.taught` as `kikimimi teach` uses it, one tag a kind; the highest
  score counts. Its background is all 2,000 clips without labels, as in a library of a user.
* the same with the 400 clips of the ten kinds as background, a library of nothing else.

No parameter was chosen on these figures.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from kikimimi.library.taught.background import Background
from kikimimi.library.taught.fitting import fit_rule
from kikimimi.pretraining.default_encoder import DefaultEncoderRecipe
from kikimimi.training.config import load_recipe

SHOTS = (1, 3, 5, 10)

Rule = Callable[[NDArray, NDArray, NDArray, NDArray], NDArray]
"""Examples (n, D), their labels (n,), queries (m, D), the library (V, D) -> labels (m,)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe", type=Path, help="says which categories were held out")
    parser.add_argument("embeddings", type=Path)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with np.load(options.embeddings, allow_pickle=False) as arrays:
        library, names, origins = (arrays[key] for key in ("embeddings", "labels", "sources"))
    kinds = load_recipe(options.recipe, DefaultEncoderRecipe).held_out
    held_out = np.isin(names, kinds)
    vectors, labels, sources = library[held_out], names[held_out], origins[held_out]
    print(f"{len(labels)} clips of {len(kinds)} kinds: {', '.join(kinds)}")
    print(f"{options.draws} draws, seed {options.seed}; accuracy in %, mean +- s.d. over draws")
    for shots in SHOTS:
        found: dict[str, list[float]] = {name: [] for name in RULES}
        for draw in range(options.draws):
            generator = np.random.default_rng((options.seed, shots, draw))
            examples = draw_examples(labels, sources, shots, generator)
            queries = np.flatnonzero(~np.isin(sources, sources[examples]))
            for name, rule in RULES.items():
                told = rule(vectors[examples], labels[examples], vectors[queries], library)
                found[name].append(100 * float((told == labels[queries]).mean()))
        for name, values in found.items():
            print(f"{shots:2d} shots  {name:32s} {np.mean(values):.1f} +- {np.std(values):.1f}")


def draw_examples(
    labels: NDArray, sources: NDArray, shots: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Rows of `shots` clips of each label, source by source, one source at least left over."""
    chosen = []
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        order = generator.permutation(np.unique(sources[rows]))[:-1]
        by_source = [generator.permutation(rows[sources[rows] == one]) for one in order]
        # first one clip of each source, as a user's examples would be, then further ones
        ranked = sorted(
            (place, n) for n, group in enumerate(by_source) for place in range(len(group))
        )
        chosen.extend(by_source[n][place] for place, n in ranked[:shots])
    return np.array(chosen)


def nearest_mean(examples: NDArray, labels: NDArray, queries: NDArray, _all: NDArray) -> NDArray:
    kinds = np.unique(labels)
    means = np.stack([examples[labels == kind].mean(axis=0) for kind in kinds])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return kinds[(queries @ means.T).argmax(axis=1)]


def regression(examples: NDArray, labels: NDArray, queries: NDArray, _all: NDArray) -> NDArray:
    return LogisticRegression(C=10.0, max_iter=1000).fit(examples, labels).predict(queries)


def taught(examples: NDArray, labels: NDArray, queries: NDArray, library: NDArray) -> NDArray:
    kinds = np.unique(labels)
    background = Background(library, np.arange(len(library)))
    scores = [
        fit_rule([row[None] for row in examples[labels == kind]], [], background).scores(queries)
        for kind in kinds
    ]
    return kinds[np.argmax(scores, axis=0)]


def taught_in_a_small_library(
    examples: NDArray, labels: NDArray, queries: NDArray, _all: NDArray
) -> NDArray:
    return taught(examples, labels, queries, np.concatenate([examples, queries]))


RULES: dict[str, Rule] = {
    "nearest mean": nearest_mean,
    "logistic regression": regression,
    "taught tags": taught,
    "taught tags, only these kinds": taught_in_a_small_library,
}

if __name__ == "__main__":
    main()
