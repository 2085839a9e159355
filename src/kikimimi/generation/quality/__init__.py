"""How good generated sounds are: pairs of a sound and its copy, and sets against sets."""
