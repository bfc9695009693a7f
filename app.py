"""The frame of the app: page settings, navigation and the shared engine. Run it with `streamlit run app.py`.

The web server imports this file for `app`, which is what it serves; each visitor's page runs the same file as a script.
"""

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from pages.ui import shared, state, static, style
from pages.ui.hall import phone
from pages.ui.lessons import explaining
from pages.ui.live import back_button, computing, film, guard, laying_out, network, streaming, walking
from pages.ui.odd import scoring
from pages.ui.runs import operating
from pages.ui.server import environment
from pages.ui.server.bounds import Bounds
from pages.ui.words import heard, switch
from pages.ui.words.language import _


def frame() -> None:
    """Draws the page that the visitor asked for, and what is around it."""
    st.set_page_config(page_title="Autoencoder Lab", page_icon=str(static.ROOT / "assets" / "icon.png"), layout="wide")
    shared.engine()  # the workers warm up while the visitor still reads
    style.inject()
    state.enter()
    pages = {
        "train": st.Page("pages/train.py", title=_("Train"), icon=":material/model_training:", default=True),
        "explore": st.Page(
            "pages/explore.py", title=_("Explore"), icon=":material/travel_explore:", url_path="explore"
        ),
        "compare": st.Page(
            "pages/compare.py", title=_("Compare"), icon=":material/compare_arrows:", url_path="compare"
        ),
        "learn": st.Page("pages/learn.py", title=_("Learn"), icon=":material/school:", url_path="learn"),
    }
    hidden = {}
    if operating.offered():
        hidden = {"operate": st.Page("pages/operate.py", title=_("Host"), url_path="operate", visibility="hidden")}
    chosen = st.navigation([*pages.values(), *hidden.values()], position="top")
    heard.headings(chosen.title)
    with st.container(horizontal=True, gap="small", key="pages"):  # on a phone, where the others are in the drawer
        for one in pages.values():
            st.page_link(one)
    if not state.session().showing.embed:
        switch.switch()
    state.keep_owner()
    if (wanted := state.leave(next(name for name, page in (pages | hidden).items() if page is chosen))) in pages:
        st.switch_page(pages[wanted])
    guard.keep()
    back_button.keep()
    switch.load_anew()
    explaining.explain()
    chosen.run()


if __name__ == "__main__":
    frame()
else:
    environment.check()
    # A proxy may put the app under a path, which Streamlit reads with slashes at its ends or without.
    base = "/".join(["", *filter(None, st.get_option("server.baseUrlPath").split("/"))])
    routes = [
        WebSocketRoute(base + streaming.ROUTE, streaming.stream),
        Route(base + film.STEPS, film.steps),
        Route(base + film.FRAME, film.frame),
        Route(base + network.NETWORK, network.network),
        Route(base + network.MOMENTS, network.moments),
        Route(base + computing.COMPUTE, computing.compute, methods=["POST"]),
        Route(base + walking.WALK, walking.walked, methods=["POST"]),
        Route(base + laying_out.LAYOUT, laying_out.layout, methods=["POST", "DELETE"]),
        Route(base + phone.PHONE, phone.phone, methods=["GET", "POST"]),
        Route(base + phone.ANSWERS, phone.answers),
        Route(base + scoring.ODD, scoring.odd, methods=["POST", "DELETE"]),
        *(Route(place + shared.HEALTH, shared.health) for place in {"", base}),
    ]
    static.make_folder()
    app = st.App("app.py", routes=routes, middleware=[Middleware(Bounds)], lifespan=shared.lifespan)
