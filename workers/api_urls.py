from django.urls import URLPattern

app_name = "workers_api"

urlpatterns: list[URLPattern] = []
