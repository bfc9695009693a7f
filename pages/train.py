"""Choose an autoencoder, start it, and watch it learn."""

import streamlit as st

from pages.ui import presenting, state
from pages.ui.form.controls import notices, settings_form
from pages.ui.watch import watch

own = state.session("train")
presenting.arrange(own)
with st.sidebar:
    settings = settings_form(own)
state.write_address()
notices(own)
watch(own, settings)
