"""Embeddings brought down to few dimensions, to be looked at and described."""
