"""The demonstration: dossiers published, a list decided on, an objection answered, and what is needed to go on by hand.

All of it goes the way that people go: packed, uploaded, approved by somebody else, published, imported, decided.
"""

from __future__ import annotations

import datetime
import fcntl
import logging
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from jazari.core import plugins
from jazari.core.errors import DeclarationError, JazariError, PortalError
from jazari.core.progress import Silent
from jazari.hub.profile import Profile

PUPILS, POLE = 4000, "MA-04"
TOUR = "tour.txt"
_SAID = {
    "contact": ("Bureau d’ordre de l’académie (démonstration).", "مكتب الضبط بالأكاديمية (عرض تجريبي)."),
    "lawfulness": (
        "Mission d’intérêt public de l’académie ; finalité déclarée à la CNDP (démonstration).",
        "مهمة ذات مصلحة عامة للأكاديمية؛ الغاية مصرح بها (عرض تجريبي).",
    ),
    "necessity": (
        "Les places d’aide sont moins nombreuses que les élèves : sans ordre, les plus exposés sont manqués.",
        "مقاعد الدعم أقل من عدد التلاميذ: دون ترتيب يُغفل الأكثر عرضة.",
    ),
    "proportionality": (
        "Une aide est proposée, rien n’est retiré à personne ; chacun peut contester ou demander l’aide sans score.",
        "يُقترح الدعم ولا يُحرم أحد من شيء؛ ولكل شخص الاعتراض أو طلب الدعم دون تنقيط.",
    ),
}
_NOBODY = {
    "contact": _SAID["contact"],
    "lawfulness": ("Mission de service public ; aucune personne n’y figure.", "مهمة مرفق عام؛ لا تتعلق بأي شخص."),
    "necessity": ("Le service doit être préparé avant le jour même.", "يجب إعداد الخدمة قبل يومها."),
    "proportionality": ("Aucune donnée personnelle n’est lue.", "لا تُقرأ أي معطيات شخصية."),
    "oversight": ("Un agent lit la prévision et décide.", "يقرأ موظف التوقع ويقرر."),
    "help": ("Sans objet : aucune aide n’est attribuée.", "لا ينطبق: لا يُمنح أي دعم."),
}
_FALLBACK = ("Texte de démonstration.", "نص تجريبي.")
_WAIVED = "Royaume inventé : des colonnes y sont enregistrées tard ; personne de réel n’est listé"
Say = Callable[[str], None]


def fill(profile: Profile, address: str, say: Say, dossiers: Sequence[Path] = ()) -> None:
    """Fill a demonstration; nothing is done where something was published before.

    Args:
        profile: The demonstration's profile.
        address: Where the hub is served, for the codes on notices.
        say: Told what is done, line by line.
        dossiers: The folders of the runs to show; none: a run on a small made-up kingdom.

    Raises:
        JazariError: A step failed; the hub goes on without.
    """
    from jazari.hub.decisions.private import bring_in, ledger
    from jazari.hub.demo_cases import play
    from jazari.hub.register.models import System

    if not profile.demo:
        raise PortalError(
            "JZ-804", "a demonstration never becomes production", where="the profile", found="production",
            fix="fill a folder that is a demonstration's: `jazari hub fill --data DIR`, without JAZARI_HUB_PROFILE.",
        )  # fmt: skip
    if System.objects.exists():
        say("Something is published in this hub already: nothing is filled in.")
        return
    folder = profile.data / "demo"
    folder.mkdir(mode=0o700, exist_ok=True)
    if not dossiers:
        say("A made-up kingdom, and education.dropout on it (about half a minute)")
    ledger()
    tour: list[str] = []
    for dossier in dossiers or [_run(folder)]:
        version = _publish(dossier, folder)
        say(f"{version.system.case}: packed, uploaded by demo-publisher, approved by demo-approver, published")
        tour.append(f"{address}fr/register/{version.system.slug}/")
        try:
            version, cases = bring_in(dossier)
        except DeclarationError:
            say("   it lists nobody: there is nothing for officers to decide")
            continue
        say(f"   {cases} cases imported; decisions, an objection and a request are played")
        tour += play(version, folder, address)
    _write(folder / TOUR, ["Try it by hand:", *(f"  {line}" for line in tour)])


def tour(profile: Profile) -> str:
    """What a visitor of the demonstration needs to go on by hand; empty before it was filled."""
    path = profile.data / "demo" / TOUR
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _write(path: Path, lines: Sequence[str]) -> None:
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _run(folder: Path) -> Path:
    """The dossier of a run on a small kingdom, with its waiver where the kingdom needs one."""
    from jazari.usecase.run import run
    from jazari.usecase.waivers import waive

    kingdom, out = folder / "kingdom", folder / "dossier"
    if not (out / "dossier.json").exists():
        for half in (kingdom, out):  # left by a filling that was stopped
            shutil.rmtree(half, ignore_errors=True)
        plugins.load("jazari.kingdoms", "education")(kingdom, pupils=PUPILS, seed=0, unfair=False, progress=Silent())
        dossier = run("education.dropout", kingdom, out, settings={"challenger": "", "pairs": "0"})
        end = datetime.datetime.now(tz=datetime.UTC).date() + datetime.timedelta(300)
        for one in dossier.document["findings"]:
            if one["state"] == "broken" and one["waivable"]:
                waive(
                    dossier, safeguard=one["safeguard"], reason=_WAIVED, by="Démonstration, directeur",
                    until=end.isoformat(),
                )  # fmt: skip
    return out


def _publish(dossier: Path, folder: Path) -> Any:
    from jazari.hub.accounts.models import User
    from jazari.hub.register import publication
    from jazari.usecase.pack import pack

    archive = folder / "public.zip"
    archive.unlink(missing_ok=True)
    pack(dossier, "public", archive)
    version = publication.upload(archive.read_bytes(), POLE, User.objects.get(username="demo-publisher"))
    words = _SAID if version.declaration.get("help") else _NOBODY
    for name in publication.missing(version):
        french, arabic = words.get(name, _FALLBACK)
        version.entry[name] = {"fr": french, "ar": arabic} | version.entry.get(name, {})
    version.save(update_fields=["entry"])
    publication.judge(version, User.objects.get(username="demo-approver"), "", good=True)
    publication.publish(version)
    return version


def main(data: str, address: str) -> int:
    """Fill the demonstration of a folder beside the hub that serves it; 0, or the exit code of what went wrong."""
    from jazari.hub import server

    profile = server.start_django("demo", data)
    logging.getLogger("jazari").setLevel(logging.WARNING)
    try:
        lock = (profile.data / ".filling").open("ab")
        fcntl.flock(lock, fcntl.LOCK_EX)  # where the hub was started again at once, the first filling ends before
        fill(profile, address, lambda line: print(line, flush=True))  # noqa: T201  what a terminal shows
        print(tour(profile), flush=True)  # noqa: T201  as above
    except JazariError as wrong:
        print(wrong, flush=True)  # noqa: T201  as above
        return wrong.exit_code
    except KeyboardInterrupt:  # Ctrl-C reaches this process and the hub alike
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
