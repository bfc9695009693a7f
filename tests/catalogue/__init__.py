"""All that the app says, collected from its code, and the files in which it is translated.

`python -m tests.catalogue` brings those files up to date.
"""
