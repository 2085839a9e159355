"""The sound library: one SQLite file, searched by sound, words and tags."""
