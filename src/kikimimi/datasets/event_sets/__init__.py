"""Data sets of sound events in their official layout, one file each.

`kikimimi.datasets.event_registry` knows them by name.
"""
