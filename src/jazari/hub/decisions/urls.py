"""Paths of officers and of the person concerned."""

from django.urls import path, register_converter

from jazari.hub.decisions import notices, person, work
from jazari.hub.decisions.numbers import Number

register_converter(Number, "number")
app_name = "decisions"
urlpatterns = [
    path("work/", work.work, name="work"),
    path("work/<int:number>/<str:territory>/open/", work.open_list, name="open"),
    path("work/<int:number>/<str:territory>/", work.cases, name="list"),
    path("case/<int:number>/", work.case_page, name="case"),
    path("case/<int:number>/claim/", work.claim, name="claim"),
    path("decided/<str:number>/", notices.decided, name="decided"),
    path("decided/<str:number>/print/", notices.print_notice, name="print"),
    path("decided/<str:number>/send/", notices.send, name="send"),
    path("d/", person.by_number, name="number"),
    path("d/<number:number>/", person.decision, name="decision"),
    path("d/<number:number>/receipt/", person.receipt, name="receipt"),
]
