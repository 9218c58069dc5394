"""Paths of the programme."""

from jazari.hub.pages.page import pair
from jazari.hub.roadmap import proofs, views

app_name = "roadmap"
urlpatterns = [
    *pair("poles/", views.poles, "poles"),
    *pair("programme/", views.programme, "programme"),
    *pair("programme/<str:code>/", views.pole, "programme-pole"),
    *pair("programme/system/<slug:slug>/", proofs.proofs, "programme-proofs"),
]
