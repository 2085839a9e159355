"""Data sets in their published layout, one file each; `registry` knows them by name."""
