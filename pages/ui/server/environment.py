"""What the host has said in the environment, looked at before anything is served."""

import logging
import os
import sys
from pathlib import Path

from ae_core import limits
from ae_core.errors import DataError
from ae_core.folders import data_folder

_log = logging.getLogger(__name__)


def check() -> None:
    """Ends the start with one sentence if a bound is wrong, or Streamlit may not look for its files in the home folder.

    Visitors would meet the mistake otherwise. Without the data folder there is enough to train on: that is only said.
    """
    try:
        limits.check()
        os.stat(Path.home() / ".streamlit")
    except DataError as error:
        sys.exit(str(error))
    except PermissionError:
        sys.exit(f"HOME must name a folder that this user may look into. Received: {str(Path.home())!r}.")
    except OSError:
        pass  # there is none, which does no harm
    folder = data_folder()
    if folder is not None and not os.path.isdir(folder):
        _log.log(logging.WARNING, "AE_DATA_DIR must name a folder. Received: %r.", str(folder))
