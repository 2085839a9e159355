"""Making sounds with generators, for `kikimimi generate`."""
