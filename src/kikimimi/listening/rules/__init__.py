"""When somebody is to be told."""
