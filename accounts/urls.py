from django.urls import include, path

from accounts.views import home, invitations, me, organisations, systems

app_name = "accounts"

members = [
    path("members/", organisations.member_list, name="members"),
    path("members/<int:pk>/", organisations.member, name="member"),
    path("members/<int:pk>/end/", organisations.end_membership, name="end_membership"),
    path("invitations/", invitations.invite, name="invite"),
    path("invitations/<int:pk>/again/", invitations.resend, name="resend_invitation"),
    path("invitations/<int:pk>/withdraw/", invitations.withdraw, name="withdraw_invitation"),
    path("systems/", systems.systems, name="systems"),
    path("systems/<int:pk>/secret/", systems.change_secret, name="change_secret"),
    path("systems/<int:pk>/disconnect/", systems.disconnect, name="disconnect_system"),
]

urlpatterns = [
    path("", home.home, name="home"),
    path("welcome/", home.welcome, name="welcome"),
    path("notices/", me.notices, name="notices"),
    path("notices/read/", me.read_all_notices, name="read_all_notices"),
    path("notices/<int:pk>/", me.read_notice, name="read_notice"),
    path("settings/", me.settings, name="settings"),
    path("settings/looks/", me.looks, name="looks"),
    path("organisations/register/", organisations.register, name="register_organisation"),
    path("organisations/<slug:slug>/", include(members)),
    path("invitations/", invitations.paste, name="invited"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
]
