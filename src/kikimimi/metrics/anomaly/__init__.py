"""Figures of merit of anomalous sound detection, as DCASE task 2 defines them.

| module | what it has |
|---|---|
| `ranking` | AUC and partial AUC of scores |
| `sections` | the figures of one section of a machine, by domain |
| `summary` | harmonic and arithmetic means over machines, the official score |
| `intervals` | jackknife intervals over clips |
| `score_files` | scores, decisions and ground truth in the official files |

Everything takes arrays in which a higher score is a more anomalous one.
"""
