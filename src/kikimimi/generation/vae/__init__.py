"""The variational auto-encoder of the source work: one vector for a whole spectrogram."""
