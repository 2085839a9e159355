"""What `kikimimi clean` does."""
