from django.urls import path

from ladder import api

app_name = "ladder_api"

urlpatterns = [
    path("ladders", api.LadderList.as_view(), name="ladders"),
    path("ladders/templates", api.TemplateList.as_view(), name="ladder_templates"),
    path("ladders/<int:pk>", api.LadderDetail.as_view(), name="ladder"),
    path("ladders/<int:pk>/publish", api.LadderPublish.as_view(), name="ladder_publish"),
    path("ladders/<int:pk>/unpublish", api.LadderUnpublish.as_view(), name="ladder_unpublish"),
    path("placements", api.PlacementList.as_view(), name="placements"),
    path("placements/<int:pk>", api.PlacementDetail.as_view(), name="placement"),
    path("readiness", api.ReadinessList.as_view(), name="readiness"),
    path("readiness/<int:pk>", api.ReadinessDetail.as_view(), name="readiness_detail"),
    path("rung-goals", api.RungGoalList.as_view(), name="rung_goals"),
    path("rung-goals/<int:pk>", api.RungGoalDetail.as_view(), name="rung_goal"),
]
