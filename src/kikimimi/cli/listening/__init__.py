"""Parts of `kikimimi listen`."""
