"""The lessons, one file each. `lessons.registry` walks this folder: a new file is a new lesson."""
