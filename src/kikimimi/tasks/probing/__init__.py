"""How much a frozen encoder knows: linear probe, nearest neighbours, few shots, perturbation."""
