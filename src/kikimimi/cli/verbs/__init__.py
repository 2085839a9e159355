"""One module a verb; each has `register(app)`."""
