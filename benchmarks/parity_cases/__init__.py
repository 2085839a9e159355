"""Comparisons of ported encoders with independent implementations, one module an encoder family."""
