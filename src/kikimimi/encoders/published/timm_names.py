"""Weights of a vision transformer in timm's names, under ours.

NTT's code was not read. What is assumed of its checkpoints is the layout of timm's
`VisionTransformer`, on which masked autoencoders are built: `cls_token`, `pos_embed`,
`patch_embed.proj`, `blocks.<n>.norm1`, `.attn.qkv`, `.attn.proj`, `.norm2`, `.mlp.fc1`, `.mlp.fc2`
and `norm`; one row of positions for the class token and then one for each patch, band by band;
queries, keys and values stacked in this order. Axes: D features of a patch.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

TRAINING_ONLY = ("decoder", "mask_token", "target_", "head.")
"""Beginnings of the names of weights that only the training needed."""


def state_from_timm(checkpoint: Mapping[str, "Tensor"], *, bands: int) -> "dict[str, Tensor]":
    """The weights of a timm-style ViT under our names.

    The position of the class token is added to the token itself, and the bias of the keys left
    out, which cancels in the softmax. Names that are not known stay as they are, so that loading
    refuses them.

    Args:
        checkpoint: tensors by name.
        bands: patches over frequency.
    """
    state: dict[str, Tensor] = {}
    for name, tensor in checkpoint.items():
        if not name.startswith(TRAINING_ONLY):
            state.update(_renamed(name, tensor, bands))
    token, place = state.get("class_token.token"), state.get("class_position")
    if token is not None and place is not None and token.shape == place.shape:
        state["class_token.token"] = token + state.pop("class_position")
    return state


def _renamed(name: str, tensor: "Tensor", bands: int) -> "dict[str, Tensor]":
    """What one tensor of the checkpoint becomes."""
    if name == "cls_token":
        return {"class_token.token": tensor.flatten()}
    if name == "pos_embed" and tensor.ndim == 3 and tensor.shape[1] % bands == 1:
        patches = tensor[0, 1:].unflatten(0, (bands, -1))
        return {"class_position": tensor[0, 0], "position_table": patches}
    if name == "patch_embed.proj.weight":
        return {"embed.weight": tensor.reshape(len(tensor), -1)}
    if name == "patch_embed.proj.bias":
        return {"embed.bias": tensor}
    _, number, *parts, kind = name.split(".") if name.count(".") >= 3 else ("", "", "", "")
    part = ".".join(parts)
    if not name.startswith("blocks.") or part not in _LAYER_PARTS:
        return {name: tensor}
    layer = f"layers.{number}"
    if part == "attn.qkv":
        query, key, value = tensor.tensor_split(3)
        stacked = {"query": query, "key": key, "value": value}
        if kind == "bias":
            del stacked["key"]
        return {f"{layer}.attention.1.{each}.{kind}": stacked[each] for each in stacked}
    return {f"{layer}.{_LAYER_PARTS[part]}.{kind}": tensor}


_LAYER_PARTS = {
    "norm1": "attention.0",
    "attn.qkv": "attention.1",
    "attn.proj": "attention.1.out",
    "norm2": "feed_forward.0",
    "mlp.fc1": "feed_forward.1",
    "mlp.fc2": "feed_forward.4",
}
