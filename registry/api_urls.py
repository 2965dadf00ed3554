from django.urls import URLPattern, path

from registry import api

app_name = "registry_api"

urlpatterns: list[URLPattern] = [
    path("register", api.Register.as_view(), name="register"),
    path("register/<str:number>", api.Listed.as_view(), name="listed"),
    path("verify", api.Verify.as_view(), name="verify"),
    path("verify/batch", api.VerifyMany.as_view(), name="verify_many"),
]
