"""The program as an app on a device: its manifest, and its service worker at the root.

The service worker itself is static/js/sw.js; the server tells it which files to keep, and a version that
changes with any of them. What it keeps is the same for everybody (see workers.views.device.offline).
"""

import hashlib
import json
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from workers.views.device import offline

WORKER = "js/sw.js"
#: What the page for logging without a connection is made of.
FILES = (
    "css/app.css",
    "js/app.js",
    "js/offline.js",
    "fonts/public-sans-regular.woff2",
    "fonts/public-sans-bold.woff2",
    "img/icons.svg",
    "img/mark.svg",
)
COLOUR, PAPER = "#0f6460", "#f6f6f1"


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a device needs to install it."""
    icons = [
        {"src": static(f"img/icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    masked = {**icons[1], "src": static("img/icon-masked-512.png"), "purpose": "maskable"}
    return JsonResponse(
        {
            "id": "/",
            "name": "Peerladder",
            "short_name": "Peerladder",
            "description": _("Hours, credentials and the next step for peer support workers."),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": COLOUR,
            "icons": [*icons, masked],
            "shortcuts": [{"name": _("Log hours"), "url": reverse("workers:log")}],
        },
        content_type="application/manifest+json",
    )


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """At the root, as it answers for every page. A browser takes a new one as soon as a byte is different."""
    shell = json.dumps(_shell())
    return HttpResponse(f"self.SHELL = {shell};\n{_bytes(WORKER).decode()}", content_type="text/javascript")


@cache
def _shell() -> dict[str, Any]:
    languages = [code for code, _name in settings.LANGUAGES]
    files = [static(name) for name in FILES]
    content = [*(_bytes(name) for name in (*FILES, WORKER)), *(_page(code) for code in languages)]
    digest = hashlib.sha256(json.dumps(files).encode() + b"".join(content)).hexdigest()
    shells = [reverse("workers:offline", args=[code]) for code in languages]
    return {"version": f"peerladder-{digest[:16]}", "files": files, "shells": shells}


def _page(language: str) -> bytes:
    """The page for logging without a connection, as nobody in particular gets it."""
    request = HttpRequest()
    request.method, request.user = "GET", AnonymousUser()
    return offline(request, language).content


def _bytes(name: str) -> bytes:
    return (settings.BASE_DIR / "static" / name).read_bytes()
