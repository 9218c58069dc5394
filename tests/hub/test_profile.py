"""The production profile refuses to start insecure; the demonstration stays on its machine."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from jazari.core.errors import PortalError
from jazari.hub import profile, server

_GOOD = {"JAZARI_HUB_SECRET": "abcde" * 12, "JAZARI_HUB_HOSTS": "hub.example.ma", "JAZARI_HUB_TLS": "proxy"}


def said(tmp_path, **changed):
    return {
        key: value
        for key, value in (_GOOD | {"JAZARI_HUB_DATA": str(tmp_path / "data")} | changed).items()
        if value is not None
    }


def test_a_good_production_profile_is_read(tmp_path):
    found = profile.read(said(tmp_path))
    assert (found.demo, found.hosts, found.eyes) == (False, ("hub.example.ma",), 2)
    assert stat.S_IMODE(found.data.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"JAZARI_HUB_SECRET": None}, "JZ-801"),
        ({"JAZARI_HUB_SECRET": "short"}, "JZ-801"),
        ({"JAZARI_HUB_SECRET": "a" * 60}, "JZ-801"),
        ({"JAZARI_HUB_HOSTS": None}, "JZ-802"),
        ({"JAZARI_HUB_HOSTS": "*"}, "JZ-802"),
        ({"JAZARI_HUB_TLS": None}, "JZ-803"),
        ({"JAZARI_HUB_TLS": "no"}, "JZ-803"),
        ({"DATABASE_URL": "mysql://x/y"}, "JZ-805"),
        ({"DATABASE_URL": "postgresql://host"}, "JZ-805"),
        ({"JAZARI_HUB_EYES": "1"}, "JZ-807"),
        ({"JAZARI_HUB_PROFILE": "prod"}, "JZ-800"),
        ({"JAZARI_HUB_SECRETS": "x"}, "JZ-800"),
    ],
    ids=range(12),
)
def test_an_insecure_or_misread_profile_is_refused_with_its_code(tmp_path, changed, code):
    with pytest.raises(PortalError) as refused:
        profile.read(said(tmp_path, **changed))
    assert refused.value.code == code
    assert _GOOD["JAZARI_HUB_SECRET"] not in str(refused.value)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "data").write_text("a file, not a folder")
    with pytest.raises(PortalError, match="JZ-806"):
        profile.read(said(tmp_path))


def test_a_postgresql_address_is_read_with_its_password_unquoted(tmp_path):
    found = profile.database("postgresql://u:p%40ss@db.example:5433/hub?sslmode=require", tmp_path)
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "u",
        "p@ss",
        "db.example",
        "5433",
        "hub",
    )
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_demonstration_keeps_one_secret_that_only_its_user_reads(tmp_path):
    spoken = {"JAZARI_HUB_PROFILE": "demo", "JAZARI_HUB_DATA": str(tmp_path)}
    assert profile.read(spoken).secret == profile.read(spoken).secret
    assert stat.S_IMODE((tmp_path / "demo-secret").stat().st_mode) == 0o600


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "hub.example.ma"])  # noqa: S104  refused, that is the point
def test_a_demonstration_is_never_shown_to_another_machine(host):
    with pytest.raises(PortalError, match="JZ-804"):
        server.refuse_exposed_demo(host)


def test_a_taken_port_is_refused_with_a_code():
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortalError, match="JZ-808"):
            server.refuse_taken("127.0.0.1", other.getsockname()[1])


def test_djangos_own_deployment_check_finds_nothing_in_production(tmp_path):
    environment = {
        **os.environ,
        **said(tmp_path),
        "DJANGO_SETTINGS_MODULE": "jazari.hub.settings",
        "JAZARI_HUB_PROFILE": "production",
    }
    checked = subprocess.run(
        [sys.executable, "-W", "error", "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_a_demonstrations_store_never_becomes_production(db, person):
    user = person("administrator")
    user.is_demo = True
    user.save()
    with pytest.raises(PortalError, match="JZ-804"):
        server._refuse_demo_accounts()


def test_the_first_administrators_password_lies_in_a_file_of_their_own(db, tmp_path):
    import dataclasses

    from jazari.hub.accounts.models import User

    own = dataclasses.replace(db.PROFILE, data=tmp_path)
    server._first_administrator(own)
    path = tmp_path / "first-administrator"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = User.objects.get()
    assert first.must_change
    assert first.check_password(path.read_text().splitlines()[1])
    first.must_change = False
    first.save()
    server._first_administrator(own)
    assert not path.exists()


def test_a_port_that_is_no_number_is_refused(tmp_path):
    from jazari.hub.profile import database

    with pytest.raises(PortalError, match="JZ-805"):
        database("postgresql://user@host:port/name", tmp_path)


@pytest.mark.parametrize("command", ["tick", "backup --out x.tgz", "reset administrator"])
def test_a_folder_without_a_hub_is_refused_and_stays_as_it_is(command, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from jazari.hub.command import command as hub

    monkeypatch.delenv("DATABASE_URL", raising=False)
    missing = tmp_path / "typo"
    said = CliRunner().invoke(hub, [*command.split(), "--data", str(missing)])
    assert getattr(said.exception, "code", "") == "JZ-826"
    assert not missing.exists()


def test_the_demo_profile_is_never_served_to_another_machine(monkeypatch, tmp_path):
    from click.testing import CliRunner

    from jazari.hub.command import command as hub

    monkeypatch.setenv("JAZARI_HUB_PROFILE", "demo")
    said = CliRunner().invoke(hub, ["serve", "--host", "0.0.0.0", "--port", "1", "--data", str(tmp_path)])  # noqa: S104  what is refused
    assert getattr(said.exception, "code", "") == "JZ-804"


def test_an_answer_that_leaves_early_has_its_headers_too(client):
    refused = client().get("/fr/", SERVER_NAME="elsewhere.example")
    assert refused.status_code == 400
    for name in ("Content-Security-Policy", "X-Frame-Options", "Referrer-Policy", "X-Content-Type-Options"):
        assert refused.headers.get(name), name
