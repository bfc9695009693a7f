"""What the host of an open server sees and ends; hidden, and there only where `AE_OPERATOR_TOKEN` is set."""

from pages.ui.runs import operating

if operating.offered():
    operating.show()
