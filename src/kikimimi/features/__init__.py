"""Log-mel spectrograms, in NumPy and in torch."""
