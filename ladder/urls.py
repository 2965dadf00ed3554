from django.urls import path

from ladder import views

app_name = "ladder"

urlpatterns = [
    path("ladders/", views.index, name="index"),
    path("ladders/new/", views.new, name="new"),
    path("ladders/mine/", views.mine, name="mine"),
    path("ladders/<int:pk>/", views.detail, name="detail"),
    path("ladders/<int:pk>/publish/", views.publish, name="publish"),
    path("ladders/<int:pk>/unpublish/", views.unpublish, name="unpublish"),
    path("ladders/rungs/<int:pk>/", views.rung, name="rung"),
    path("ladders/rungs/<int:pk>/place/", views.place, name="place"),
    path("ladders/rungs/<int:pk>/aim/", views.aim, name="aim"),
    path("ladders/goals/<int:pk>/drop/", views.drop, name="drop"),
    path("ladders/placements/<int:pk>/move/", views.move, name="move"),
    path("ladders/placements/<int:pk>/end/", views.end, name="end"),
    path("readiness/", views.board, name="board"),
    path("readiness/<int:pk>/", views.person, name="person"),
]
