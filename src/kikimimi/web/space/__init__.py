"""The timbre space of a library: axes, values, layouts."""
