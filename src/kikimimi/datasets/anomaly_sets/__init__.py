"""Data sets of machine sounds, one module each; `kikimimi.datasets.machine_registry` has them."""
