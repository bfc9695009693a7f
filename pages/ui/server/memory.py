"""What the web process gives back of its memory."""

import ctypes
import sys

MOST_POOLS = 2
LARGE = 2**20  # bytes
_POOLS, _MAPPED_FROM = -8, -3  # glibc's numbers of its options `M_ARENA_MAX` and `M_MMAP_THRESHOLD`


def few_pools() -> None:
    """Has all threads share a few pools of memory, and gives what is large back as soon as it is let go of.

    glibc gives threads pools of their own, eight for each core, and every script runs in a thread of its own: what one
    of them frees, others cannot use. And once it has seen a large file it puts the next ones among small things, where
    they leave holes. Thirty visitors beside somebody who uploads: 408 to 491 MB; 286 MB with few pools, 206 MB so.
    """
    if sys.platform != "linux":
        return
    try:
        set_option = ctypes.CDLL(None).mallopt
    except AttributeError:
        return  # another library than glibc
    set_option(_POOLS, MOST_POOLS)
    set_option(_MAPPED_FROM, LARGE)
