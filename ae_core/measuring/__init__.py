"""What a snapshot measures, always on the same held-out examples."""
