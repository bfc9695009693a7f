"""Texts that a person or a file may bring, meant to be more than text somewhere."""

from hypothesis import strategies

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<!-- <script> -->",
    '"><img src=http://host.example/x.png onerror=alert(1)>',
    "![p](http://host.example/x.png)",
    "[a](http://host.example/)",
    "<http://host.example/>",
    "http://host.example/x www.host.example a@host.example",
    "$\\frac{1}{2}$ and $$x$$",
    ":red[word] :material/home: :smile: :streamlit: :small[x]",
    "`code` **bold** _slanted_ ~~gone~~ ==x==",
    "&lt;b&gt; &amp; &#60;",
    "<a href='http://host.example'>a</a><b>b</b><br>",
    "%{x} %{customdata}<extra></extra>",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "# heading",
    "1. first",
    "> said",
    "- item",
    "    four",
    "| a | b |",
    '""" + 1 + """',
    "\\",
    '\\"""',
    "../../etc/passwd",
    "/etc/passwd",
    "CON:nul|?*",
    ".hidden",
    "{0} {name} {",
    "\u2028",
)
PARTS = [*HOSTILE, *"<>&'\"`$*_[]()!#|\\:;=+-@~{}%./ ", "x", "a1", "http", "www", "script", "\n", "é", "中", "😀"]
FOREIGN = strategies.lists(strategies.sampled_from(PARTS), max_size=8).map("".join) | strategies.text(max_size=40)
PRINTABLE = FOREIGN.map(lambda text: "".join(one for one in text if one.isprintable()))  # as names from files are
