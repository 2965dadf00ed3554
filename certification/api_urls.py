from django.urls import URLPattern, path

from certification.api import (
    applications,
    courses,
    credentials,
    goals,
    standards,
    standing,
    supervising,
    where,
)

app_name = "certification_api"

urlpatterns: list[URLPattern] = [
    # The public catalogue
    path("jurisdictions", standards.JurisdictionList.as_view(), name="jurisdictions"),
    path("levels", standards.LevelList.as_view(), name="levels"),
    path("levels/<slug:code>", standards.LevelDetail.as_view(), name="level"),
    path("standards/<str:code>", standards.StandardDetail.as_view(), name="standard"),
    # A worker's goals and record
    path("goals", goals.GoalList.as_view(), name="goals"),
    path("goals/<int:pk>", goals.GoalDetail.as_view(), name="goal"),
    path("where", where.Where.as_view(), name="where"),
    path("record", goals.OwnRecord.as_view(), name="record"),
    path("hours/<int:pk>/standing", standing.EntryStanding.as_view(), name="standing"),
    # A worker's applications
    path("applications", applications.ApplicationList.as_view(), name="applications"),
    path("applications/<slug:number>", applications.ApplicationDetail.as_view(), name="application"),
    path(
        "applications/<slug:number>/items/<int:pk>",
        applications.ApplicationItemDetail.as_view(),
        name="application_item",
    ),
    path(
        "applications/<slug:number>/items/<int:pk>/evidence",
        applications.ApplicationItemFiles.as_view(),
        name="application_files",
    ),
    path(
        "applications/<slug:number>/items/<int:pk>/evidence/<uuid:uid>",
        applications.ApplicationItemFile.as_view(),
        name="application_file",
    ),
    path("applications/<slug:number>/submit", applications.ApplicationSubmit.as_view(), name="submit"),
    path("applications/<slug:number>/withdraw", applications.ApplicationWithdraw.as_view(), name="withdraw"),
    # Whether supervision was allowed
    path("agreements/<int:pk>/allowed", supervising.AllowedView.as_view(), name="allowed"),
    # Which courses are approved
    path("course-approvals", courses.ApprovalsView.as_view(), name="approvals"),
    path("course-approvals/<int:pk>", courses.ApprovalView.as_view(), name="approval"),
    # The authority's desk
    path("desk/applications", applications.DeskList.as_view(), name="desk"),
    path("desk/applications/<slug:number>", applications.DeskDetail.as_view(), name="desk_application"),
    path("desk/applications/<slug:number>/assign", applications.DeskAssign.as_view(), name="desk_assign"),
    path(
        "desk/applications/<slug:number>/items/<int:pk>/decision",
        applications.DeskDecision.as_view(),
        name="desk_decision",
    ),
    path("desk/applications/<slug:number>/return", applications.DeskReturn.as_view(), name="desk_return"),
    path("desk/applications/<slug:number>/approve", applications.DeskApprove.as_view(), name="desk_approve"),
    path("desk/applications/<slug:number>/deny", applications.DeskDeny.as_view(), name="desk_deny"),
    path(
        "desk/applications/<slug:number>/files/<uuid:uid>",
        applications.DeskFile.as_view(),
        name="desk_file",
    ),
    # Credentials
    path("credentials", credentials.CredentialList.as_view(), name="credentials"),
    path("credentials/<slug:number>", credentials.CredentialDetail.as_view(), name="credential"),
    path(
        "credentials/<slug:number>/events", credentials.CredentialEvents.as_view(), name="credential_events"
    ),
]
