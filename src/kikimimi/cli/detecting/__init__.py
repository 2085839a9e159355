"""Parts of `kikimimi detect` and `kikimimi scenes`."""
