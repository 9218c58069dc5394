"""Every route has a rule, and every role gets through exactly where its rule says."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver

ROLES = ("administrator", "publisher", "approver", "officer", "reviewer", "programme_officer")
ANYONE = {"anonymous", *ROLES}
STAFF = set(ROLES)
PUBLISHING, ADMIN = {"publisher"}, {"administrator"}

# Who gets through to each route, subject included: the pack was uploaded by somebody else, the pole is MA-03.
EXPECTED = {
    "door": ANYONE,
    "healthz": ANYONE,
    "static": ANYONE,
    "log": ANYONE,
    "add-checkpoint": set(),  # a GET is refused; a POST is answered as test_log.py says
    "home": ANYONE,
    "about": ANYONE,
    "api:openapi-json": ANYONE,
    "api:api-root": ANYONE,
    "api:systems": ANYONE,
    "api:system": ANYONE,
    "api:poles": ANYONE,
    "api:packs": set(),
    "accounts:login": ANYONE,
    "accounts:prove": STAFF,
    "accounts:code": STAFF,
    "accounts:enrol": STAFF,
    "accounts:password": STAFF,
    "accounts:logout": STAFF,
    "accounts:account": STAFF,
    "accounts:people": ADMIN,
    "accounts:end": ADMIN,
    "accounts:reset": ADMIN,
    "accounts:tokens": PUBLISHING,
    "accounts:token-end": set(),  # a token is its holder's alone
    "register:search": ANYONE,
    "register:system": ANYONE,
    "register:evidence": ANYONE,
    "register:groups": ANYONE,
    "register:model": ANYONE,
    "register:curve": ANYONE,
    "register:curve.csv": ANYONE,
    "register:calibration.csv": ANYONE,
    "register:gaps.csv": ANYONE,
    "register:history": ANYONE,
    "register:feedback": ANYONE,
    "register:file": ANYONE,
    "register:publish": {"publisher", "approver"},
    "register:publish-upload": PUBLISHING,
    "register:publish-version": {"publisher", "approver"},
    "register:publish-say": PUBLISHING,
    "register:publish-circumstances": PUBLISHING,
    "register:publish-approve": {"approver"},
    "register:publish-publish": PUBLISHING,
    "register:publish-end": PUBLISHING,
    "register:publish-answer": PUBLISHING,
    "decisions:work": {"officer"},
    "decisions:open": {"officer"},
    "decisions:list": {"officer"},
    "decisions:case": {"officer"},
    "decisions:claim": {"officer"},
    "decisions:decided": {"officer"},
    "decisions:print": {"officer"},
    "decisions:send": {"officer"},
    "decisions:number": ANYONE,
    "decisions:decision": ANYONE,
    "decisions:receipt": ANYONE,
    "objections:object": ANYONE,
    "objections:object-step": ANYONE,
    "objections:ask": ANYONE,
    "objections:ask-step": ANYONE,
    "objections:follow": ANYONE,
    "objections:receipt": ANYONE,
    "objections:reviews": {"reviewer"},
    "objections:review": {"reviewer"},
    "objections:evidence": {"reviewer"},
    "objections:attachment": {"reviewer"},
    "objections:requests": {"officer"},
    "objections:request": {"officer"},
    "roadmap:poles": ANYONE,
    "roadmap:programme": {"programme_officer"},
    "roadmap:programme-pole": {"programme_officer"},
    "roadmap:programme-proofs": {"programme_officer"},
}
PARTS = {
    "slug": "education-dropout-ma-03",
    "place": 0,
    "number": 1,
    "name": "evidence.json",
    "field": "purpose",
    "code": "MA-03",
    "rest": "nothing",
    "territory": "MA-03:MA-FES-001",
    "step": "check",
}


def routes(patterns, prefix=""):
    for one in patterns:
        if isinstance(one, URLResolver):
            space = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from routes(one.url_patterns, space)
        elif isinstance(one, URLPattern):
            yield f"{prefix}{one.name}", one


@pytest.fixture
def all_routes(db):
    from django.urls import get_resolver

    return dict(routes(get_resolver().url_patterns))


def test_every_route_has_a_rule_whose_docstring_says_it(all_routes):
    without = [
        name for name, one in all_routes.items() if not getattr(getattr(one.callback, "rule", None), "__doc__", None)
    ]
    assert without == []


def test_every_route_stands_in_the_table_of_this_test(all_routes):
    pages = {name.removesuffix(".json") for name in all_routes}
    assert pages == set(EXPECTED)


def test_a_view_without_a_rule_is_refused(db, client):
    from django.core.exceptions import PermissionDenied

    from jazari.hub.accounts.middleware import Rules

    with pytest.raises(PermissionDenied):
        Rules(lambda request: None).process_view(None, lambda request: None, (), {})


@pytest.fixture
def path_of(all_routes, published, person, pack, contested):
    """A path for every route, on subjects that exist."""
    from django.urls import reverse
    from django.utils import timezone

    from jazari.hub.accounts.models import Appointment, Token
    from jazari.hub.register import publication
    from jazari.hub.register.models import Feedback

    version = published()
    waiting = publication.upload(pack(seed=7), "MA-03", person("publisher"))
    said = Feedback.objects.create(system=version.system, about="other", text="x", language="fr")
    spare = Appointment.objects.create(user=person(), role="officer")
    token = Token.objects.create(user=spare.user, label="x", digest="x", until=timezone.now())
    made = contested(version)
    about = {"claim": "case", "object": "decision", "object-step": "decision", "open": "version", "list": "version"}
    about |= {"print": "decision", "send": "decision", "decided": "decision", "receipt": "decision"}
    about |= {"evidence": "objection", "review": "objection", "attachment": "objection", "follow": "objection"}

    def make(name):
        pattern = all_routes[name]
        wanted = pattern.pattern.converters
        number = {
            "register:publish-answer": said.pk,
            "accounts:end": spare.pk,
            "accounts:reset": spare.user_id,
            "accounts:token-end": token.pk,
            "register:file": 1,
        }.get(name.removesuffix(".json"), version.pk if name == "register:publish-end" else waiting.pk)
        space, _, own = name.partition(":")
        if space in ("decisions", "objections"):
            number = {**made, "version": version.pk}.get(about.get(own, own), 0)
        parts = {
            key: value
            for key, value in (PARTS | {"number": number}).items()
            if key in wanted or f"<{key}>" in str(pattern.pattern)
        }
        if not name.startswith("api:") and name not in ("door", "healthz", "static", "log", "add-checkpoint"):
            parts["language"] = "fr"
        return reverse(name, kwargs=parts)

    return make


@pytest.mark.parametrize("role", ["anonymous", *ROLES])
def test_a_role_gets_through_exactly_where_the_table_says(role, all_routes, path_of, client, person):
    browser = client(None if role == "anonymous" else person(role))
    wrong = []
    for name in sorted(all_routes):
        answer = browser.get(path_of(name))
        page = name.removesuffix(".json")
        # A post-only step answers a GET with a redirect to its page; a refusal is 401, 403, 405 or the way to sign in.
        to_sign_in = (
            answer.status_code == 302
            and ("/login/" in answer["Location"])
            and page
            not in (
                "accounts:prove",
                "accounts:code",
                "accounts:enrol",
                "accounts:password",
            )
        )
        through = answer.status_code not in (401, 403, 405) and not to_sign_in
        if page == "accounts:logout" or (
            page in ("accounts:code", "accounts:enrol", "accounts:prove", "accounts:password")
        ):
            through = not (role == "anonymous" and answer.status_code == 302)
        if through != (role in EXPECTED[page]):
            wrong.append((name, answer.status_code))
    assert wrong == []


def test_a_role_ends_at_the_border_of_its_territory_and_its_system(published, person):
    from jazari.hub.register.rules import may_edit, may_publish

    version = published(pole="MA-03")
    for territory, system, allowed in (
        ("", "", True),
        ("MA-03", "", True),
        ("MA-04", "", False),
        ("MA-0", "", False),
        ("MA-03", version.system.slug, True),
        ("MA-03", "another", False),
        ("", "another", False),
    ):
        user = person("publisher", territory=territory, system=system)
        user.is_proven = True
        assert may_publish(user, version) is allowed, (territory, system)
        assert may_edit(user, version) is allowed


def test_an_appointment_that_is_over_or_has_not_begun_gives_nothing(person):
    import datetime

    from django.utils import timezone

    from jazari.hub.accounts.rules import may_appoint

    for since, until, allowed in ((-9, -1, False), (-9, 0, True), (1, None, False), (0, None, True)):
        user = person("administrator")
        day = timezone.localdate()
        user.appointments.update(
            since=day + datetime.timedelta(since), until=None if until is None else day + datetime.timedelta(until)
        )
        user.is_proven = True
        assert may_appoint(user, None) is allowed


def test_who_has_not_given_the_second_factor_holds_no_role(person):
    from jazari.hub.accounts.rules import may_appoint

    assert not may_appoint(person("administrator"), None)


def test_nobody_approves_their_own_upload_nor_twice(person, pack, say_all):
    from jazari.hub.register import publication
    from jazari.hub.register.rules import may_approve

    both = person("publisher", "approver")
    other = person("approver")
    both.is_proven = other.is_proven = True
    version = publication.upload(pack(), "MA-03", both)
    assert not may_approve(both, version)
    assert may_approve(other, version)
    say_all(version)
    publication.judge(version, other, "", good=True)
    assert not may_approve(other, version)
