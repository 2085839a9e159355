"""Listening: sound as it comes, what happens in it, and whom to tell."""
