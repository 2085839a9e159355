"""BERT as a sentence encoder: the network, and the reading of published weights.

Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
NAACL 2019: token, position and segment embeddings, then post-norm Transformer layers (Vaswani et
al., 2017). Sentences are the mean of their tokens, scaled to length 1: Reimers and Gurevych,
"Sentence-BERT", EMNLP 2019. Written out here because `transformers` takes seconds to import.

Axes: S texts, L tokens, E width.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class BertConfig:
    """Sizes of the network; the defaults are those of MiniLM-L6."""

    vocabulary_size: int = 30_522
    positions: int = 512
    segments: int = 2
    width: int = 384
    depth: int = 6
    heads: int = 12
    inner_width: int = 1536
    epsilon: float = 1e-12


class BertSentenceEncoder(nn.Module):
    """Token numbers (S, L) and which of them count (S, L) -> (S, E) of length 1."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.tokens = nn.Embedding(config.vocabulary_size, config.width)
        self.positions = nn.Embedding(config.positions, config.width)
        self.segments = nn.Embedding(config.segments, config.width)
        self.norm = nn.LayerNorm(config.width, eps=config.epsilon)
        self.layers = nn.ModuleList(_Layer(config) for _ in range(config.depth))

    def forward(self, tokens: Tensor, counts: Tensor) -> Tensor:
        """Embed S texts; all are of the first segment."""
        states = self.tokens(tokens) + self.positions.weight[: tokens.shape[1]]
        states = self.norm(states + self.segments.weight[0])
        for layer in self.layers:
            states = layer(states, counts)
        weights = counts.unsqueeze(2).to(states.dtype)
        mean = (states * weights).sum(dim=1) / weights.sum(dim=1)
        return functional.normalize(mean, dim=1)


class _Layer(nn.Module):
    """Attention and two linear maps, each with a residual sum and then a norm."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.query = nn.Linear(config.width, config.width)
        self.key = nn.Linear(config.width, config.width)
        self.value = nn.Linear(config.width, config.width)
        self.attention_out = nn.Linear(config.width, config.width)
        self.attention_norm = nn.LayerNorm(config.width, eps=config.epsilon)
        self.inner = nn.Linear(config.width, config.inner_width)
        self.outer = nn.Linear(config.inner_width, config.width)
        self.norm = nn.LayerNorm(config.width, eps=config.epsilon)

    def forward(self, states: Tensor, counts: Tensor) -> Tensor:
        query, key, value = (
            part(states).unflatten(2, (self.heads, -1)).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        attended = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=counts[:, None, None, :].bool()
        )
        attended = self.attention_out(attended.transpose(1, 2).flatten(2))
        states = self.attention_norm(states + attended)
        return self.norm(states + self.outer(functional.gelu(self.inner(states))))


_OF_LAYER = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attention_out": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "norm": "output.LayerNorm",
}
_OF_ENTRY = {
    "tokens": "word_embeddings",
    "positions": "position_embeddings",
    "segments": "token_type_embeddings",
    "norm": "LayerNorm",
}


def state_from_published(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state of a `BertSentenceEncoder` from tensors under the names of the BERT release.

    Whatever is not needed (a pooler, numbers of positions) is left out.
    """
    prefixes = {f"embeddings.{theirs}.": f"{ours}." for ours, theirs in _OF_ENTRY.items()}
    state: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        parts = name.removeprefix("bert.").split(".")
        if parts[:2] == ["encoder", "layer"]:
            kept = _renamed(".".join(parts[3:]), f"layers.{parts[2]}.")
        else:
            kept = next(
                (ours + parts[-1] for theirs, ours in prefixes.items()
                 if ".".join(parts).startswith(theirs)), None,
            )  # fmt: skip
        if kept is not None:
            state[kept] = tensor
    return state


def _renamed(name: str, prefix: str) -> str | None:
    module, _, kind = name.rpartition(".")
    ours = next((ours for ours, theirs in _OF_LAYER.items() if theirs == module), None)
    return None if ours is None else f"{prefix}{ours}.{kind}"
