"""Data sets of sound events by name."""

from kikimimi.datasets.event_records import EventDataset
from kikimimi.datasets.event_sets import (
    desed,
    maestro_real,
    soundscapes,
    tut_acoustic_scenes,
    tut_sound_events,
    urbansound_sed,
)
from kikimimi.datasets.layouts import LayoutRegistry

_DATASETS: LayoutRegistry[EventDataset] = LayoutRegistry(
    "sound events",
    (
        *(soundscapes, desed, urbansound_sed),
        *(maestro_real, tut_sound_events, tut_acoustic_scenes),
    ),
)

event_dataset_names = _DATASETS.names
find_event_dataset = _DATASETS.find
load_event_dataset = _DATASETS.load
