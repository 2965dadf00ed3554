from django.urls import URLPattern, path

from registry import views

app_name = "registry"

urlpatterns: list[URLPattern] = [
    path("verify/", views.verify, name="verify"),
    path("verify/search/", views.find, name="search"),
    path("c/<slug:number>/", views.credential, name="credential"),
]
