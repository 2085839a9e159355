"""The stages of a cleaning chain, one file each."""
