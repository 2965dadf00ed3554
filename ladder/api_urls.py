from django.urls import URLPattern

app_name = "ladder_api"

urlpatterns: list[URLPattern] = []
