"""A file in an upload field: read once and let go of, so that the web process does not hold it while a page is open."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

LARGEST_MB = 100  # as `.streamlit/config.toml` has it


def given(key: str) -> tuple[str, bytes] | None:
    """Name and content of the file that a person has just put into a field; None if there is none, or it was read.

    Args:
        key: The field.
    """
    file = st.session_state[key]
    if not isinstance(file, UploadedFile):
        return None
    found = file.name, file.getvalue()
    context = get_script_run_ctx()
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)
    return found
