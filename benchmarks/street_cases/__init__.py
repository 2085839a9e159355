"""The street of the test: what is heard in it, and how alerts are counted."""
