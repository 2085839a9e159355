"""The errors that Kikimimi raises on purpose.

Every message is one line that says what was wrong, where, and what to do, so that a command can
print it as it stands. Anything else that escapes is a defect.
"""


class KikimimiError(Exception):
    """Root of every error that a user can cause and a program may catch."""


class AudioError(KikimimiError):
    """An audio file (or array) cannot be read, understood or written."""


class EncoderError(KikimimiError):
    """An encoder is unknown, or its weights are missing, damaged or of the wrong shape."""


class GenerationError(KikimimiError):
    """A generator's weights are missing or damaged, or it cannot make what is asked for."""


class LibraryError(KikimimiError):
    """A library file is damaged, foreign, busy, full, or made with another encoder."""


class NoLibraryError(LibraryError):
    """There is no library file yet."""


class BusyError(LibraryError):
    """Somebody else is at work on the library; the same call will do later."""


class QueryError(KikimimiError):
    """A search, tag or playlist request cannot be understood or names something unknown."""


class UnknownError(QueryError):
    """A request names a sound, a tag or a playlist that the library does not hold."""


class ChangedSinceError(QueryError):
    """What a request builds on was changed by somebody else since."""


class DatasetError(KikimimiError):
    """A data set is not in its published layout."""


class ConfigError(KikimimiError):
    """A recipe or configuration holds an unknown key or an impossible value."""


class ListeningError(KikimimiError):
    """A listener cannot begin: a device, a receiver or a folder that it needs is not there."""


class AnomalyError(KikimimiError, ValueError):
    """Sounds, features or scores from which nothing normal can be learned, or a foreign model.

    Also a `ValueError`, which is what scikit-learn's tools expect of an estimator.
    """
