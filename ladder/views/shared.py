from accounts.requests import SignedIn
from workers.models import Worker


def own_worker(request: SignedIn) -> Worker | None:
    """The record of the person who is signed in, if they keep one."""
    return getattr(request.user, "worker", None)
