"""Spaces of few axes in which all sounds of a library lie, kept so that nothing in them moves."""
