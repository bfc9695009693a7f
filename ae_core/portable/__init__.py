"""A trained network as a list of layers and one block of numbers, for whoever computes without Keras."""
