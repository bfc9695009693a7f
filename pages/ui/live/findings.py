"""What the numbers of a run mean, in a strip of fixed height: one finding is seen, the others by scrolling."""

import html
from collections.abc import Sequence

from ae_core.diagnosis import Finding
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
        f'<li class="ae-finding ae-finding-{html.escape(finding.tone)}" title="{html.escape(finding.why)}">'
        f'<i role="img" aria-label="{html.escape(words[finding.tone])}"></i>'
        f"<span><b>{html.escape(finding.sentence)}</b> <small>{html.escape(finding.why)}</small></span></li>"
        for finding in findings
    )
    more = len(findings) - 1
    count = ""
    if more:
        help = html.escape(_("Scroll to read on: {count} more").format(count=more))
        count = f'<span class="ae-findings-more" title="{help}">+{more}</span>'
    label = html.escape(_("What the numbers say"))
    return f'<div class="ae-findings"><ul tabindex="0" aria-label="{label}">{items}</ul>{count}</div>'
