"""Has a page drawn again from outside of its script."""

from collections.abc import Callable

from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx


def of_this_page() -> Callable[[], None]:
    """What has the page drawn again whose script runs now: to be called later, on any thread; a closed one stays so."""
    context = get_script_run_ctx()

    def again() -> None:
        if context is None or not exists():
            return
        # Streamlit offers this only to scripts; what it does when a source file changes is the same.
        page = get_instance()._session_mgr.get_active_session_info(context.session_id)
        if page is not None:
            page.session.request_rerun(page.session._client_state)  # without it, the first page would be drawn

    return again
