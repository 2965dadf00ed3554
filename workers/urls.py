from django.urls import path

from workers.views import home, hours, jobs, people, qualifications, signing, supervision

app_name = "workers"

urlpatterns = [
    path("record/", home.home, name="home"),
    path("record/start/", home.start, name="start"),
    path("record/profile/", home.edit_profile, name="profile"),
    path("record/all/", home.record, name="record"),
    path("record/hours/", hours.hour_list, name="hours"),
    path("record/hours/log/", hours.log, name="log"),
    path("record/hours/submit/", hours.submit_drafts, name="submit_drafts"),
    path("record/hours/<int:pk>/", hours.entry, name="entry"),
    path("record/hours/<int:pk>/edit/", hours.edit, name="edit"),
    path("record/hours/<int:pk>/amend/", hours.amend, name="amend"),
    path("record/hours/<int:pk>/<slug:step>/", hours.step, name="step"),
    path("record/jobs/", jobs.job_list, name="jobs"),
    path("record/jobs/add/", jobs.add_job, name="add_job"),
    path("record/jobs/<int:pk>/end/", jobs.end_job, name="end_job"),
    path("record/jobs/<int:pk>/discard/", jobs.discard_job, name="discard_job"),
    path("record/qualifications/", qualifications.qualifications, name="qualifications"),
    path(
        "record/qualifications/add/<slug:kind>/", qualifications.add_qualification, name="add_qualification"
    ),
    path("record/qualifications/<int:pk>/", qualifications.qualification, name="qualification"),
    path(
        "record/qualifications/<int:pk>/withdraw/",
        qualifications.withdraw_qualification,
        name="withdraw_qualification",
    ),
    path("record/evidence/<uuid:uid>/", qualifications.evidence_file, name="evidence"),
    path("record/supervision/", supervision.received, name="supervision"),
    path("record/supervision/add/", supervision.add_session, name="add_session"),
    path("record/supervision/<int:pk>/discard/", supervision.discard_session, name="discard_session"),
    path("sign/", signing.sign, name="sign"),
    path("sign/sessions/", signing.confirm_sessions, name="confirm_sessions"),
    path("sign/workers/<int:pk>/", signing.signed, name="signed"),
    path("people/", people.people, name="people"),
    path("people/<slug:slug>/", people.team, name="team"),
    path("people/<slug:slug>/<int:pk>/", people.person, name="person"),
    path("people/<slug:slug>/<int:pk>/confirm/", people.confirm_job, name="confirm_job"),
    path("people/<slug:slug>/<int:pk>/agreements/add/", people.add_agreement, name="add_agreement"),
    path("people/agreements/<int:pk>/end/", people.end_agreement, name="end_agreement"),
    path("people/agreements/<int:pk>/delegates/add/", people.add_delegate, name="add_delegate"),
    path("people/delegates/<int:pk>/end/", people.end_delegation, name="end_delegation"),
]
