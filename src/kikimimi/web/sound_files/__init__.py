"""Sound files as a browser takes them: types, whole files, previews, ranges."""
