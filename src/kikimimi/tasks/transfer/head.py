"""Logistic regression on embeddings, and its file.

Axes: V clips, D embedding size, K classes.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kikimimi.encoders.contract import Encoder
from kikimimi.errors import ConfigError
from kikimimi.files import draft_of
from kikimimi.tasks.transfer.recipe import HeadSettings
from kikimimi.types import FloatArray

_MOST_STEPS = 2000


@dataclass(frozen=True, slots=True, eq=False)
class LinearHead:
    """Class probabilities from embeddings: softmax of a linear map.

    `weights` (K, D), `biases` (K,), `classes` K names; `encoder` is the identity of the encoder
    whose embeddings it was made for, and `reference` what `create_encoder` makes it of.
    """

    weights: FloatArray
    biases: FloatArray
    classes: tuple[str, ...]
    encoder: str
    reference: str

    def probabilities(self, embeddings: FloatArray) -> FloatArray:
        """(V, D) -> (V, K)."""
        logits = embeddings @ self.weights.T + self.biases
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def save(self, folder: Path) -> None:
        """Write `head.safetensors` and `head.json` into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        with draft_of(folder / "head.safetensors") as draft:
            draft.write_bytes(save({"weights": self.weights, "biases": self.biases}))
        facts = {
            "classes": list(self.classes),
            "encoder": self.encoder,
            "encoder_reference": self.reference,
        }
        with draft_of(folder / "head.json") as draft:
            draft.write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", "utf-8")

    @classmethod
    def load(cls, folder: Path) -> "LinearHead":
        """Read what `save` wrote.

        Raises:
            ConfigError: the files are missing or damaged.
        """
        try:
            facts = json.loads((folder / "head.json").read_text(encoding="utf-8"))
            tensors = load_file(folder / "head.safetensors")
            return cls(
                tensors["weights"],
                tensors["biases"],
                tuple(facts["classes"]),
                facts["encoder"],
                # heads of older versions were made on encoders with a name only
                facts.get("encoder_reference", facts["encoder"].split("@")[0]),
            )
        except OSError as error:
            raise ConfigError(
                f"{folder}: no head there ({error.strerror}); give the folder of a transfer run"
            ) from None
        except (ValueError, KeyError, TypeError, SafetensorError) as error:
            raise ConfigError(f"{folder}: the head is damaged ({error}); train it again") from None


def fit_head(
    embeddings: FloatArray,
    targets: np.ndarray,
    groups: Sequence[str],
    classes: Sequence[str],
    settings: HeadSettings,
    *,
    encoder: Encoder,
) -> LinearHead:
    """Fit a head, the penalty chosen by cross-validation inside the given clips.

    Args:
        embeddings: (V, D).
        targets: (V,) numbers of the classes.
        groups: the recording of each clip; the clips of one stay in one part.
        classes: K names.
        settings: of the regression.
        encoder: whose embeddings they are.

    Raises:
        ConfigError: a class has no clip.
    """
    missing = sorted(set(range(len(classes))) - set(targets.tolist()))
    if missing:
        raise ConfigError(f"class '{classes[missing[0]]}' has no clip to learn from; add some")
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=_MOST_STEPS))
    parts = min(settings.inner_folds, len(set(groups)))
    if parts > 1 and len(settings.strengths) > 1:
        grid = {"logisticregression__C": list(settings.strengths)}
        folds = GroupKFold(parts, shuffle=True, random_state=settings.seed)
        search = GridSearchCV(model, grid, cv=folds).fit(embeddings, targets, groups=groups)
        model = search.best_estimator_
    else:
        model.set_params(logisticregression__C=settings.strengths[0]).fit(embeddings, targets)
    return _as_one_map(model, classes, encoder)


def _as_one_map(model: object, classes: Sequence[str], encoder: Encoder) -> LinearHead:
    """The scaler and the regression as one linear map."""
    scaler, regression = (step for _, step in model.steps)  # type: ignore[attr-defined]
    weights, biases = regression.coef_, regression.intercept_
    if len(classes) == 2:  # scikit-learn keeps one row for two classes
        weights = np.concatenate([-weights, weights]) / 2
        biases = np.concatenate([-biases, biases]) / 2
    scaled = weights / scaler.scale_
    return LinearHead(
        weights=scaled.astype(np.float32),
        biases=(biases - scaled @ scaler.mean_).astype(np.float32),
        classes=tuple(classes),
        encoder=encoder.identity,
        reference=encoder.reference,
    )
