"""What this app adds to the menu."""

from accounts.models import User
from accounts.navigation import NavItem


def items(user: User) -> list[NavItem]:
    return []
