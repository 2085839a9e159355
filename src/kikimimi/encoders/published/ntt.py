"""What the weights that NTT publishes have in common."""

LICENCE = "NTT evaluation licence: research and evaluation only, no commercial use"
"""Of the weights. Our code for them is written from the papers, under the licence of Kikimimi."""
