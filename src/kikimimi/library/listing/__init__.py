"""Lists of sounds for people to look through: all that fit, in any order, with counts."""
