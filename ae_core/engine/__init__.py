"""Trainings in worker processes: the queue, the workers, and the words to and from them."""
