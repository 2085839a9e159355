"""Comparisons of detection figures with sed_eval and sed_scores_eval, which run on their own."""
