from django.urls import URLPattern

app_name = "registry_api"

urlpatterns: list[URLPattern] = []
