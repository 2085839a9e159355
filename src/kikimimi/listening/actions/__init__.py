"""Ways of telling, one file each, by name."""
