"""One thread: sums taken in another order end in other last digits, and the same seed must give the same bytes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """BLAS and OpenMP work on one thread inside this context, whatever the machine and the environment say."""
    import scipy.linalg  # noqa: F401  brings a BLAS of its own, which must be there to be limited
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits
