"""What a host wants ended, told from another process: a file in the store's folder, for which the engine looks."""

from pathlib import Path

FOLDER = ".stop"  # in the store's folder: who may write there may end runs


class Requests:
    """Runs that are to end on the host's word, until the app that trains them has heard it.

    Args:
        folder: The store's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def leave(self, run_id: str) -> None:
        """Asks for the end of a run.

        Raises:
            OSError: If that cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / run_id).touch()

    def take_back(self, run_id: str) -> bool:
        """Asks for it no longer; False if it was heard."""
        try:
            (self._folder / run_id).unlink()
        except FileNotFoundError:
            return False
        return True

    def waiting(self) -> list[str]:
        """Ids of the runs that are to end; nobody has checked them."""
        try:
            return [path.name for path in self._folder.iterdir()]
        except FileNotFoundError:
            return []
