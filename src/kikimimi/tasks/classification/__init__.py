"""Classification of sounds: recipes, training, multi-crop test, ensembles."""
