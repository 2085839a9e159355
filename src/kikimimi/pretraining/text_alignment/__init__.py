"""Aligning sentences with the embeddings of a frozen encoder (M2D-CLAP in small)."""
