"""The frame of the app: page settings, navigation and the shared engine. Run it with `streamlit run app.py`."""

import streamlit as st

from pages.ui import live, page, shared, state, static
from pages.ui.text import _

st.set_page_config(page_title="Autoencoder Lab", page_icon=str(static.ROOT / "assets" / "icon.png"), layout="wide")
shared.engine()  # the workers warm up while the visitor still reads
live.inject_style()
page.inject_style()
PAGES = {
    "train": st.Page("pages/train.py", title=_("Train"), icon=":material/model_training:", default=True),
    "compare": st.Page("pages/compare.py", title=_("Compare"), icon=":material/compare_arrows:", url_path="compare"),
    "learn": st.Page("pages/learn.py", title=_("Learn"), icon=":material/school:", url_path="learn"),
}
chosen = st.navigation(list(PAGES.values()), position="top")
state.enter()
state.keep_owner()
if (wanted := state.leave()) in PAGES:
    st.switch_page(PAGES[wanted])
chosen.run()
