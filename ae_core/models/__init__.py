"""The one Keras model that every variant returns, and what it is made of."""
