from django.urls import URLPattern, path, re_path

from certification.steps import Act
from certification.views import (
    applications,
    courses,
    credentials,
    desk,
    goals,
    imports,
    paper,
    standards,
    what_if,
    where,
)

app_name = "certification"

urlpatterns: list[URLPattern] = [
    # The public catalogue
    path("standards/", standards.index, name="standards"),
    re_path(
        r"^standards/versions/(?P<code>[a-z0-9@-]+)\.(?P<form>json|yaml)$",
        standards.data,
        name="standard_data",
    ),
    path("standards/levels/<slug:code>/", standards.level, name="level"),
    path("standards/<slug:code>/", standards.jurisdiction, name="jurisdiction"),
    # A worker's goals
    path("goals/", goals.index, name="goals"),
    path("goals/where/", where.index, name="where"),
    path("goals/where/<slug:code>/", where.level, name="level_mine"),
    path("goals/choose/", goals.choose, name="choose_goal"),
    re_path(r"^goals/record\.(?P<form>json|yaml)$", goals.export, name="export_record"),
    path("goals/record/bring-in/", imports.bring_in, name="bring_in"),
    path("goals/record/bring-in/<int:pk>/", imports.brought_in, name="brought_in"),
    path("goals/record/bring-in/<int:pk>/take-back/", imports.take_back, name="take_back"),
    path("goals/<int:pk>/", goals.goal, name="goal"),
    path("goals/<int:pk>/findings/", goals.findings, name="goal_findings"),
    path("goals/<int:pk>/drop/", goals.drop, name="drop_goal"),
    # A worker's applications
    path("applications/", applications.index, name="applications"),
    path("applications/new/<slug:code>/", applications.apply, name="apply"),
    path("applications/<slug:number>/", applications.application, name="application"),
    path("applications/<slug:number>/submit/", applications.submit, name="submit"),
    path("applications/<slug:number>/withdraw/", applications.withdraw, name="withdraw"),
    path("applications/<slug:number>/items/<int:pk>/", applications.item, name="item"),
    path(
        "applications/<slug:number>/items/<int:pk>/files/<uuid:uid>/remove/",
        applications.detach,
        name="detach",
    ),
    # The authority's desk
    path("desk/", desk.queue, name="desk"),
    path("desk/applications/<slug:number>/", desk.application, name="desk_application"),
    path("desk/applications/<slug:number>/assign/", desk.assign, name="desk_assign"),
    path("desk/applications/<slug:number>/items/<int:pk>/", desk.item, name="desk_item"),
    path("desk/applications/<slug:number>/return/", desk.return_, name="desk_return"),
    path("desk/applications/<slug:number>/approve/", desk.approve, name="desk_approve"),
    path("desk/applications/<slug:number>/deny/", desk.deny, name="desk_deny"),
    path("desk/applications/<slug:number>/files/<uuid:uid>/", desk.file, name="desk_file"),
    path("desk/paper/", paper.fill_in, name="desk_paper"),
    path("desk/paper/record/", paper.record, name="desk_paper_record"),
    path("desk/paper/batch/", paper.batch, name="desk_paper_batch"),
    path("desk/courses/", courses.index, name="desk_courses"),
    path("desk/courses/<int:pk>/", courses.course, name="desk_course"),
    path("desk/courses/approvals/<int:pk>/end/", courses.end_approval, name="end_approval"),
    path("desk/what-if/", what_if.index, name="what_ifs"),
    path("desk/what-if/<slug:code>/", what_if.level, name="what_if"),
    path("desk/credentials/", credentials.register, name="desk_credentials"),
    path("desk/credentials/<slug:number>/", credentials.desk_credential, name="desk_credential"),
    re_path(
        rf"^desk/credentials/(?P<number>[-A-Z0-9]+)/(?P<act>{'|'.join(Act)})/$",
        credentials.act,
        name="desk_act",
    ),
    # A worker's credentials
    path("credentials/", credentials.mine, name="credentials"),
    path("credentials/<slug:number>/", credentials.credential, name="credential"),
]
