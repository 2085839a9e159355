"""How well classifiers trained on clean clips stand other recording conditions.

After the question of Matsubara et al.: train on clean clips, test on copies as other microphones,
rooms, noise, codecs and levels would have recorded them.
"""
