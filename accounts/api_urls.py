from django.urls import path

from accounts import api, oauth

app_name = "accounts_api"

urlpatterns = [
    path("oauth/token", oauth.TokenView.as_view(), name="token"),
    path("me", api.Me.as_view(), name="me"),
    path("notices", api.NoticeList.as_view(), name="notices"),
    path("notices/read", api.NoticesRead.as_view(), name="notices_read"),
    path("notices/<int:pk>/read", api.NoticeRead.as_view(), name="notice_read"),
    path("looks", api.LookList.as_view(), name="looks"),
    path("employers", api.EmployerList.as_view(), name="employers"),
    path("organisations", api.OrganisationList.as_view(), name="organisations"),
    path("organisations/<slug:slug>/members", api.MemberList.as_view(), name="members"),
    path("organisations/<slug:slug>/members/<int:pk>", api.MemberDetail.as_view(), name="member"),
    path("organisations/<slug:slug>/invitations", api.InvitationList.as_view(), name="invitations"),
    path("organisations/<slug:slug>/invitations/<int:pk>", api.InvitationDetail.as_view(), name="invitation"),
    path(
        "organisations/<slug:slug>/invitations/<int:pk>/again",
        api.InvitationAgain.as_view(),
        name="invitation_again",
    ),
    path("invitations/read", api.InvitationRead.as_view(), name="invitation_read"),
    path("invitations/accept", api.InvitationAccept.as_view(), name="invitation_accept"),
]
