"""Fields in file names after the Universal Category System: `CatID_FXName_CreatorID_SourceID`."""

import re
from pathlib import PurePath

from kikimimi.audio.metadata.texts import clean_text

_CATEGORY = re.compile(
    r"(?P<category>[A-Z]{2,}?)(?P<subcategory>[A-Z]?[a-z0-9]+)?(?:-(?P<own>.+))?"
)
_FIELDS = ("fx_name", "creator_id", "source_id", "user_data")


def ucs_fields(name: str) -> dict[str, str]:
    """The fields of a file name, empty for a name that is not after the system.

    The category is told only as far as the name itself spells it: `DOORWood` is DOOR, Wood.

        >>> ucs_fields("DOORWood_Old Oak Close_ABC_LIB.wav")["category"]
        'DOOR'
    """
    parts = [part.strip() for part in PurePath(name).stem.split("_", 4)]
    found = _CATEGORY.fullmatch(parts[0])
    if len(parts) < 4 or found is None or not all(parts[:4]):
        return {}
    fields = {"cat_id": parts[0].partition("-")[0], "category": found["category"]}
    if found["subcategory"]:
        fields["subcategory"] = found["subcategory"]
    if found["own"]:
        fields["user_category"] = found["own"]
    fields.update(zip(_FIELDS, parts[1:], strict=False))
    return {key: clean_text(value) for key, value in fields.items()}
