"""What the web process gives back of its memory."""

import ctypes
import sys

MOST_POOLS = 2
_POOLS = -8  # glibc's number of the option, `M_ARENA_MAX`


def few_pools() -> None:
    """Has all threads share a few pools of memory.

    glibc gives threads pools of their own, eight for each core, and every script runs in a thread of its own: what one
    of them frees, others cannot use. Thirty visitors beside somebody who uploads: 408 to 491 MB, and 219 MB so.
    """
    if sys.platform != "linux":
        return
    try:
        set_option = ctypes.CDLL(None).mallopt
    except AttributeError:
        return  # another library than glibc
    set_option(_POOLS, MOST_POOLS)
