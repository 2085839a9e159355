"""Hashing: binary codes of embeddings, learned with the classes (SSDH)."""
