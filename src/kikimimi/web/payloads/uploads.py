"""A sound that was sent."""

from kikimimi.web.payloads.base import Answer
from kikimimi.web.uploads.store import Upload


class UploadAnswer(Answer):
    """What it is, and the key that queries and `/media/upload/{key}` name it by."""

    upload: str
    name: str
    duration_s: float
    sample_rate_hz: int
    channels: int
    overview: str


def upload_answer(upload: Upload) -> UploadAnswer:
    """The answer for a sound that was taken in."""
    sound = upload.sound
    return UploadAnswer(
        upload=upload.key,
        name=upload.name,
        duration_s=sound.duration_s,
        sample_rate_hz=sound.sample_rate_hz,
        channels=sound.channels,
        overview=sound.overview,
    )
