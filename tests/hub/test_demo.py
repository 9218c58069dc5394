"""The demonstration: what a run wrote is published, decided on and contested, with what is needed to go on by hand."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from jazari.core.errors import JazariError


@pytest.fixture
def filled(db, listed):
    from jazari.hub import demo, server

    server.prepare(db.PROFILE)
    said = []
    demo.fill(db.PROFILE, "http://127.0.0.1:8000/", said.append, [listed.path])
    return said, demo.tour(db.PROFILE)


def test_the_dossier_that_was_given_is_the_one_that_is_shown(filled, listed):
    from jazari.hub.decisions.models import Case, Decision
    from jazari.hub.objections.models import HelpRequest, Objection
    from jazari.hub.register.models import System

    system = System.objects.get()
    assert (system.state, system.current.digest) == ("published", listed.digest)
    assert Case.objects.filter(state="decided").count() == Decision.objects.filter(corrects="").count() == 4
    assert Decision.objects.exclude(corrects="").count() == 1  # a review reversed one
    assert sorted(Objection.objects.values_list("outcome", flat=True)) == ["", "reversed"]
    assert HelpRequest.objects.get().state == "filed"


def test_every_address_of_the_tour_opens_with_its_secret(filled, client):
    opened = re.findall(r"127\.0\.0\.1:8000(/\S+)  secret (\S+)", filled[1])
    assert len(opened) == 6
    for path, secret in opened:
        browser = client()
        assert browser.post(path, {"secret": secret}).status_code == 302
        assert browser.get(path).status_code == 200


def test_a_hub_with_something_in_it_is_not_filled_again(filled, db, listed):
    from jazari.hub import demo
    from jazari.hub.decisions.models import Decision

    said = []
    demo.fill(db.PROFILE, "http://127.0.0.1:8000/", said.append, [listed.path])
    assert "already" in said[0]
    assert Decision.objects.count() == 5


def test_production_is_never_filled(db):
    import dataclasses

    from jazari.hub import demo

    with pytest.raises(JazariError, match="JZ-804"):
        demo.fill(dataclasses.replace(db.PROFILE, demo=False), "", print)


def test_make_demo_says_at_once_that_its_port_is_taken():
    root = Path(__file__).parents[2]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = subprocess.run(
            ["sh", "demo.sh"], cwd=root, capture_output=True, text=True, check=False, timeout=60,
            env={**os.environ, "BIN": str(Path(sys.executable).parent), "SERVE": "1", "PORT": port, "PUPILS": "1"},
        )  # fmt: skip
    assert said.returncode != 0
    assert "JZ-808" in said.stderr
    assert f"127.0.0.1:{port}" in said.stderr


def test_a_demonstration_asks_for_a_second_factor_of_who_set_one_up(db, person, client):
    who = person("officer")
    assert client(who).get("/fr/account/").status_code == 200
    who.totp_secret = "A" * 32
    who.save()
    assert client(who).get("/fr/account/")["Location"].endswith("/login/prove/")
