"""What `kikimimi evaluate` can do, one module each."""
