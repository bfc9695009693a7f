"""The frame of the app: page settings, navigation and the shared engine. Run it with `streamlit run app.py`."""

import streamlit as st

from pages.ui import live, page, shared, state, static
from pages.ui.text import _

st.set_page_config(page_title="Autoencoder Lab", page_icon=str(static.ROOT / "assets" / "icon.png"), layout="wide")
shared.engine()  # the workers warm up while the visitor still reads
live.inject_style()
page.inject_style()
chosen = st.navigation(
    [
        st.Page("pages/train.py", title=_("Train"), icon=":material/model_training:", default=True),
        st.Page("pages/learn.py", title=_("Learn"), icon=":material/school:", url_path="learn"),
    ],
    position="top",
)
state.enter()
state.keep_owner()
chosen.run()
