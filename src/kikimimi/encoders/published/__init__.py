"""Encoders with the weights that their authors published, one module each.

The weights are not part of the package. They are looked for (`locations`) in the file or folder
that is given, in `$KIKIMIMI_WEIGHTS/<encoder>/`, and in the user's cache; they are fetched only
where that is asked for (`kikimimi models --fetch NAME`, or `fetch=True`). A module here names its
class with `@register` and needs no other entry; it imports torch inside its methods, so that
listing the encoders stays quick.
"""
