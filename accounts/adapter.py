from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.translation import get_language

from accounts.models import User
from accounts.reading import as_read_by


class Adapter(DefaultAccountAdapter):
    """Sign-in as allauth does it, with mail in the reader's own language and in our name."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        context["current_site"] = SimpleNamespace(
            name="Peerladder", domain=urlsplit(settings.PUBLIC_URL).netloc
        )
        reader = context.get("user") or User(language=get_language() or settings.LANGUAGE_CODE)
        with as_read_by(reader):
            super().send_mail(template_prefix, email, context)
