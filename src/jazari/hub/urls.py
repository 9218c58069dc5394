"""All paths of the hub. Every page lies under its language."""

from django.urls import include, path, re_path, register_converter

from jazari.core.languages import LANGUAGES
from jazari.hub.api import routes
from jazari.hub.network import log
from jazari.hub.pages import views
from jazari.hub.pages.page import pair
from jazari.hub.roadmap.views import home


class Tongue:
    """A language of the hub, in a path."""

    regex = "|".join(LANGUAGES)

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(Tongue, "tongue")

_PAGES = [
    *pair("", home, "home"),
    *pair("about/", views.about, "about"),
    path("", include("jazari.hub.accounts.urls")),
    path("", include("jazari.hub.register.urls")),
    path("", include("jazari.hub.roadmap.urls")),
    path("", include("jazari.hub.decisions.urls")),
    path("", include("jazari.hub.objections.urls")),
]
urlpatterns = [
    path("", views.door, name="door"),
    path("healthz", views.health, name="healthz"),
    re_path(r"^static/(?P<rest>.+)$", views.static, name="static"),
    path("api/", routes()),
    path("log/<path:rest>", log.log_file, name="log"),
    path("witness/add-checkpoint", log.add_checkpoint, name="add-checkpoint"),
    path("<tongue:language>/", include(_PAGES)),
]
handler400 = "jazari.hub.pages.views.not_read"
handler403 = "jazari.hub.pages.views.not_allowed"
handler404 = "jazari.hub.pages.views.not_found"
handler500 = "jazari.hub.pages.views.failed"
