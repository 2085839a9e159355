"""Data sets of machine sounds by name."""

from kikimimi.datasets.anomaly_sets import dcase_task2, mimii, toyadmos
from kikimimi.datasets.layouts import LayoutRegistry
from kikimimi.datasets.machine_records import MachineDataset

_DATASETS: LayoutRegistry[MachineDataset] = LayoutRegistry(
    "machine sounds", (dcase_task2, mimii, toyadmos)
)

machine_dataset_names = _DATASETS.names
find_machine_dataset = _DATASETS.find
load_machine_dataset = _DATASETS.load
