"""Data sets in their published layout, one file each."""
