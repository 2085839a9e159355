"""Random crops of any number of sound files, in bounded memory."""
