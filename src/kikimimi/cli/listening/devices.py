"""The microphones of the machine, printed."""

from kikimimi.cli.output import print_json, print_table
from kikimimi.listening.sources.microphone import input_devices


def print_devices(*, as_json: bool) -> None:
    """Print number, name, channels and usual rate of each.

    Raises:
        ListeningError: what drives microphones is not installed.
    """
    found = input_devices()
    if as_json:
        for number, name, channels, rate_hz in found:
            print_json({"device": number, "name": name, "channels": channels, "rate": rate_hz})
        return
    rows = [(str(n), name, str(channels), f"{rate:g} Hz") for n, name, channels, rate in found]
    print_table(("number", "name", "channels", "rate"), rows)
