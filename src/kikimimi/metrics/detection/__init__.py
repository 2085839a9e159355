"""Figures of merit of sound event detection, and the step from frame scores to events.

| module | what it has |
|---|---|
| `frames` | events as frame matrices (N, K), and back |
| `frame_based`, `segment_based`, `event_based` | F, error rate; the last two as sed_eval has them |
| `intersection_based`, `psds` | DTC / GTC / CTTC counts; PSDS over all thresholds |
| `ranking` | micro and macro ROC-AUC of frames |
| `scores`, `score_files` | frame scores of a clip with their times; score TSVs |
| `decoding` | thresholds, median filters, durations: scores to events |
| `operating_points`, `*_curves` | counts at every threshold |
| `tuning` | thresholds and filters of each class, chosen on validation scores |

Everything takes arrays and `kikimimi.types.Event`, and nothing knows of data sets or networks.
"""
