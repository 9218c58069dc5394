"""Paths of the register: public pages with their twins, and the pages of publishers."""

from django.urls import path

from jazari.hub.pages.page import pair
from jazari.hub.register import files, publishing, views

app_name = "register"
urlpatterns = [
    *pair("register/", views.search, "search"),
    *pair("register/<slug:slug>/", views.system_page, "system"),
    *pair("register/<slug:slug>/evidence/", views.evidence, "evidence"),
    path("register/<slug:slug>/evidence/calibration.csv", files.calibration_csv, name="calibration.csv"),
    path("register/<slug:slug>/evidence/gaps.csv", files.gaps_csv, name="gaps.csv"),
    *pair("register/<slug:slug>/evidence/<int:place>/", views.groups, "groups"),
    *pair("register/<slug:slug>/model/", views.model, "model"),
    *pair("register/<slug:slug>/model/<int:place>/", views.curve, "curve"),
    path("register/<slug:slug>/model/<int:place>.csv", files.curve_csv, name="curve.csv"),
    *pair("register/<slug:slug>/history/", views.history, "history"),
    *pair("register/<slug:slug>/feedback/", views.feedback, "feedback"),
    path("register/<slug:slug>/files/<int:number>/<str:name>", files.pack_file, name="file"),
    path("publish/", publishing.preparations, name="publish"),
    path("publish/upload/", publishing.upload, name="publish-upload"),
    path("publish/<int:number>/", publishing.preview, name="publish-version"),
    path("publish/<int:number>/say/<slug:field>/", publishing.say, name="publish-say"),
    path("publish/<int:number>/circumstances/", publishing.circumstances, name="publish-circumstances"),
    path("publish/<int:number>/approve/", publishing.approve, name="publish-approve"),
    path("publish/<int:number>/publish/", publishing.publish, name="publish-publish"),
    path("publish/<int:number>/end/", publishing.end, name="publish-end"),
    path("publish/feedback/<int:number>/", publishing.answer, name="publish-answer"),
]
