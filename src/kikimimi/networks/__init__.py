"""Network architectures by name: tensors in, tensors out, one file an architecture."""
