from django.urls import URLPattern, path

from registry import api

app_name = "registry_api"

urlpatterns: list[URLPattern] = [
    path("verify", api.Verify.as_view(), name="verify"),
]
