"""`kikimimi listen`: hear what comes, and tell somebody."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kikimimi.cli.options import JsonOption, LanguageOption, LibraryOption, parse_language
from kikimimi.cli.serving import (
    AllowHostOption,
    BrowserOption,
    HostOption,
    PageCall,
    PortOption,
    TokenOption,
)

_EXAMPLES = (
    "Examples: kikimimi listen --rules street; arecord -f S16_LE -r 48000 -t raw | "
    "kikimimi listen - --rate 48000 --rules my.yaml; kikimimi listen night.flac --rules street "
    "--json; kikimimi listen recorder.wav --follow; kikimimi listen --rules street --serve"
)


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("listen", epilog=_EXAMPLES)(listen)


def listen(
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Sound files; - for raw samples on standard input.", show_default="a microphone"
        ),
    ] = None,
    rules: Annotated[
        str | None,
        typer.Option(help="A file of rules, or a name: street.", show_default="tell nobody"),
    ] = None,
    device: Annotated[
        str | None, typer.Option(help="Microphone: its number, or a part of its name.")
    ] = None,
    devices: Annotated[bool, typer.Option("--devices", help="List the microphones.")] = False,
    rate: Annotated[
        int, typer.Option(help="Sample rate of the microphone or of raw samples, in Hz.")
    ] = 48000,
    channels: Annotated[int, typer.Option(help="Channels of the same.")] = 1,
    encoding: Annotated[
        str, typer.Option(help="Of raw samples: u8, s16le, s24le, s32le, f32le or f64le.")
    ] = "s16le",
    speed: Annotated[
        float,
        typer.Option(
            min=0, help="Of files: 1 is real time, 60 is a minute a second.", show_default="fast"
        ),
    ] = 0.0,
    begins_at: Annotated[
        str | None,
        typer.Option(help="When files begin, such as 2026-11-22T18:30:00+09:00."),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Go on as a file grows.")] = False,
    idle: Annotated[
        float | None,
        typer.Option(min=0, help="With --follow: end when nothing came for so long, in seconds."),
    ] = None,
    detector: Annotated[
        str | None,
        typer.Option(
            help="A detector's folder, or an encoder with tags.", show_default="the package's own"
        ),
    ] = None,
    no_events: Annotated[
        bool, typer.Option("--no-events", help="Hear no events, only levels: much cheaper.")
    ] = False,
    anomaly: Annotated[
        Path | None,
        typer.Option(help="Folder of a fitted model: what is not normal is an anomaly."),
    ] = None,
    calibration: Annotated[
        float,
        typer.Option(help="Sound pressure level of a mean square of 1, in dB re 20 uPa."),
    ] = 0.0,
    no_audio: Annotated[
        bool, typer.Option("--no-audio", help="Keep no sound, whatever the rules say.")
    ] = False,
    state: Annotated[
        Path, typer.Option(help="Folder where alerts wait for those who are away.")
    ] = Path("~/.kikimimi/listen"),
    tell: Annotated[
        str | None,
        typer.Option(
            help="What is printed, with commas: started, level, happening, alert, fault, ended, "
            "spectrum, source, queue.",
            show_default="the first six, level only with --json",
        ),
    ] = None,
    language: LanguageOption = "",
    as_json: JsonOption = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Show what is heard as a page in the browser.")
    ] = False,
    library: LibraryOption = None,
    port: PortOption = None,
    host: HostOption = "127.0.0.1",
    allow_host: AllowHostOption = None,
    token: TokenOption = None,
    browser: BrowserOption = True,
) -> None:
    """Hear a microphone, a stream or files as they come: levels, events, alerts by rules.

    With --serve, the options from --library on are those of the page.
    """
    from kikimimi.cli.listening.calls import ListenCall
    from kikimimi.cli.listening.devices import print_devices
    from kikimimi.cli.listening.running import run_listening
    from kikimimi.cli.listening.telling import parse_kinds

    if devices:
        print_devices(as_json=as_json)
        return
    usual = "started,level,happening,alert,fault,ended"
    call = ListenCall(
        files=tuple(files or ()),
        device=device,
        rate_hz=rate,
        channels=channels,
        encoding=encoding,
        follow=follow,
        idle_s=idle,
        speed=speed,
        begins_at=_moment(begins_at),
        rules=rules,
        detector=detector,
        hears_events=not no_events,
        model=anomaly,
        full_scale_db=calibration,
        keeps_audio=not no_audio,
        state=state,
        told=parse_kinds(tell or (usual if as_json else usual.replace("level,", ""))),
        language=parse_language(language),
        as_json=as_json,
    )
    if serve:
        from kikimimi.cli.listening.live_page import listen_and_serve

        page = PageCall(library, host, port, token, tuple(allow_host or ()), browser)
        all_heard = listen_and_serve(call, page)
    else:
        all_heard = run_listening(call)
    if not all_heard:
        raise typer.Exit(1)


def _moment(text: str | None) -> datetime | None:
    """A time with a zone; that of the system where none is given."""
    from kikimimi.errors import QueryError

    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError, OSError):
        raise QueryError(
            f"--begins-at '{text}' is no time; write 2026-11-22T18:30:00+09:00"
        ) from None
