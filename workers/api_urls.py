from django.urls import path

from workers.api import batch, changes, hours, learning, people, record, supervisors

app_name = "workers_api"

urlpatterns = [
    path("profile", people.ProfileView.as_view(), name="profile"),
    path("employments", people.EmploymentsView.as_view(), name="employments"),
    path("employments/<int:pk>", people.EmploymentView.as_view(), name="employment"),
    path("employments/<int:pk>/confirm", people.ConfirmEmploymentView.as_view(), name="confirm_employment"),
    path("agreements", people.AgreementsView.as_view(), name="agreements"),
    path("agreements/<int:pk>", people.AgreementView.as_view(), name="agreement"),
    path("agreements/<int:pk>/delegates", people.DelegatesView.as_view(), name="delegates"),
    path("agreements/<int:pk>/hand-over", supervisors.HandOverView.as_view(), name="hand_over"),
    path("supervisor-statuses", supervisors.StatusesView.as_view(), name="statuses"),
    path("supervisor-statuses/<int:pk>", supervisors.StatusView.as_view(), name="status"),
    path("delegates/<int:pk>", people.DelegateView.as_view(), name="delegate"),
    path("hours", hours.HoursView.as_view(), name="hours"),
    path("hours/batch", batch.BatchView.as_view(), name="batch"),
    path("hours/changes", changes.ChangesView.as_view(), name="changes"),
    path("hours/submit", hours.SubmitView.as_view(), name="submit"),
    path("hours/withdraw", hours.WithdrawView.as_view(), name="withdraw"),
    path("hours/approve", hours.ApproveView.as_view(), name="approve"),
    path("hours/declaration", hours.DeclarationView.as_view(), name="declaration"),
    path("hours/return", hours.ReturnView.as_view(), name="return"),
    path("hours/<int:pk>", hours.EntryView.as_view(), name="entry"),
    path("hours/<int:pk>/amend", hours.AmendView.as_view(), name="amend"),
    path("totals", hours.TotalsView.as_view(), name="totals"),
    path("sessions", record.SessionsView.as_view(), name="sessions"),
    path("sessions/confirm", record.ConfirmSessionsView.as_view(), name="confirm_sessions"),
    path("sessions/<int:pk>", record.SessionView.as_view(), name="session"),
    path("statements", record.StatementsView.as_view(), name="statements"),
    path("statements/<int:pk>", record.StatementView.as_view(), name="statement"),
    path("statements/<int:pk>/evidence", record.StatementEvidenceView.as_view(), name="statement_evidence"),
    path("courses", learning.CoursesView.as_view(), name="courses"),
    path("courses/<int:pk>", learning.CourseView.as_view(), name="course"),
    path("completions", learning.CompletionsView.as_view(), name="completions"),
    path("completions/<int:pk>/confirm", learning.ConfirmCompletionView.as_view(), name="confirm_completion"),
    path("completions/<int:pk>/refuse", learning.RefuseCompletionView.as_view(), name="refuse_completion"),
    path("evidence", record.EvidencesView.as_view(), name="evidence_files"),
    path("evidence/<uuid:uid>", record.EvidenceView.as_view(), name="evidence_file"),
]
