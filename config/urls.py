"""Every address. The addresses of an app, page and API, are in that app."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.api import Description
from accounts.views.me import language
from config.design import gallery
from config.device import manifest, service_worker

APPS = ["accounts", "workers", "certification", "registry", "ladder"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("sw.js", service_worker, name="service_worker"),
    path("language/", language, name="set_language"),
    path("design/", gallery, name="design"),
    path("api/v1/schema/", Description.as_view(), name="schema"),
    *[path("api/v1/", include(f"{app}.api_urls")) for app in APPS],
    *[path("", include(f"{app}.urls")) for app in APPS],
]

handler400 = "accounts.problems.bad_request"
handler404 = "accounts.problems.not_found"
handler500 = "accounts.problems.server_error"
