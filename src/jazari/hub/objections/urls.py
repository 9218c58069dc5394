"""Paths of objections and requests: of the person concerned, of reviewers, of officers."""

from django.urls import path

from jazari.hub.objections import review, views

app_name = "objections"
urlpatterns = [
    path("d/<number:number>/object/", views.object_start, name="object"),
    path("d/<number:number>/object/<slug:step>/", views.object_step, name="object-step"),
    path("ask/<slug:slug>/", views.ask_start, name="ask"),
    path("ask/<slug:slug>/<slug:step>/", views.ask_step, name="ask-step"),
    path("follow/<number:number>/", views.follow, name="follow"),
    path("follow/<number:number>/receipt/", views.receipt, name="receipt"),
    path("reviews/", review.reviews, name="reviews"),
    path("reviews/<str:number>/", review.review, name="review"),
    path("reviews/<str:number>/evidence.json", review.evidence_file, name="evidence"),
    path("reviews/<str:number>/files/<int:place>/", review.attachment, name="attachment"),
    path("requests/", review.requests, name="requests"),
    path("requests/<str:number>/", review.answer_request, name="request"),
]
