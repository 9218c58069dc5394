"""Paths of the accounts."""

from django.urls import path

from jazari.hub.accounts import people, tokens, views

app_name = "accounts"
urlpatterns = [
    path("login/", views.sign_in, name="login"),
    path("login/prove/", views.prove, name="prove"),
    path("login/code/", views.give_code, name="code"),
    path("login/enrol/", views.enrol, name="enrol"),
    path("login/password/", views.change_password, name="password"),
    path("logout/", views.sign_out, name="logout"),
    path("account/", views.account, name="account"),
    path("people/", people.people, name="people"),
    path("people/<int:number>/end/", people.end, name="end"),
    path("people/<int:number>/reset/", people.reset, name="reset"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/<int:number>/end/", tokens.end, name="token-end"),
]
