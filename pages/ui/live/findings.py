"""What the numbers of a run mean, in a strip of fixed height: one finding is seen, and all by who comes to it."""

from collections.abc import Sequence

from ae_core.diagnosis import Finding
from ae_core.formats import escape
from pages.ui.words.language import _


def findings_html(findings: Sequence[Finding]) -> str:
    """A strip of findings as HTML, the first one visible. It keeps its height without any, so that nothing moves.

    Args:
        findings: What `diagnose` found, in the reader's language, the most important first.
    """
    if not findings:
        return '<div class="ae-findings"></div>'
    words = {"warning": _("Warning"), "info": _("Note"), "good": _("Good")}
    items = "".join(
        f'<li class="ae-finding ae-finding-{escape.html(finding.tone)}" title="{escape.html(finding.why)}">'
        f'<i role="img" aria-label="{escape.html(words[finding.tone])}"></i>'
        f"<span><b>{escape.html(finding.sentence)}</b> <small>{escape.html(finding.why)}</small></span></li>"
        for finding in findings
    )
    more = len(findings) - 1
    count = ""
    if more:
        help = escape.html(_("Point here to read on: {count} more").format(count=more))
        count = f'<span class="ae-findings-more" title="{help}">+{more}</span>'
    label = escape.html(_("What the numbers say"))
    return f'<div class="ae-findings"><ul tabindex="0" aria-label="{label}">{items}</ul>{count}</div>'
