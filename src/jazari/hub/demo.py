"""The demonstration: a made-up kingdom, its system published, decisions taken, one notice printed with its secret.

All of it goes the way that people go: packed, uploaded, approved by somebody else, published, imported, decided.
"""

from __future__ import annotations

import datetime
import logging
import sys
from collections.abc import Callable
from pathlib import Path

from jazari.core import plugins
from jazari.core.progress import Silent
from jazari.hub.profile import Profile

PUPILS, POLE = 4000, "MA-04"
_SAID = {
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
_FALLBACK = ("Texte de démonstration.", "نص تجريبي.")
_REASONS = (
    ("followed", "حضرت الأم إلى المدرسة: أشغال الحقول إلى غاية نونبر"),
    ("followed", "Le professeur confirme : trois semaines d’absence, la route était fermée"),
    ("overrode", "A déménagé en octobre ; papiers de la nouvelle école vus"),
    ("followed", "Père au travail au loin, l’élève garde son frère ; demande un transport"),
)
_WAIVED = "Royaume inventé de 4 000 élèves : des colonnes y sont enregistrées tard ; personne de réel n’est listé"
Say = Callable[[str], None]


def seed(profile: Profile, address: str, say: Say) -> None:
    """Fill an empty demonstration; nothing is done where something was published before.

    Args:
        profile: The demonstration's profile.
        address: Where the hub is served, for the code on the notice.
        say: Told what is done, line by line.

    Raises:
        JazariError: A step failed; the hub goes on without.
    """
    from jazari.hub.decisions.private import bring_in, ledger
    from jazari.hub.register.models import System

    if System.objects.exists():
        return
    folder = profile.data / "demo"
    say("1. A made-up kingdom, and education.dropout on it (about half a minute)")
    dossier = _run(folder)
    say("2. Packed, uploaded, approved by somebody else, published")
    _publish(dossier, folder)
    ledger()
    version, cases = bring_in(dossier)
    say(f"3. {cases} cases imported for officers; {len(_REASONS)} decisions taken")
    number, secret = _decide(version.pk, folder, address)
    say(f"4. A notice is printed: {folder / 'notice-ar.pdf'} (also fr)")
    say(f"   {address}ar/d/{number}/   secret {secret}")


def _run(folder: Path) -> Path:
    """The dossier of the demonstration: a run on the kingdom, with its waiver where the kingdom needs one."""
    from jazari.usecase.run import run
    from jazari.usecase.waivers import waive

    kingdom, out = folder / "kingdom", folder / "dossier"
    if not (out / "dossier.json").exists():
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


def _publish(dossier: Path, folder: Path) -> None:
    from jazari.hub.accounts.models import User
    from jazari.hub.register import publication
    from jazari.usecase.pack import pack

    archive = folder / "public.zip"
    pack(dossier, "public", archive)
    version = publication.upload(archive.read_bytes(), POLE, User.objects.get(username="demo-publisher"))
    for name in publication.missing(version):
        french, arabic = _SAID.get(name, _FALLBACK)
        version.entry[name] = {"fr": french, "ar": arabic} | version.entry.get(name, {})
    version.save(update_fields=["entry"])
    publication.judge(version, User.objects.get(username="demo-approver"), "", good=True)
    publication.publish(version)


def _decide(version: int, folder: Path, address: str) -> tuple[str, str]:
    """Take the demonstration's decisions and print the first one's notice; its number and secret."""
    from jazari.hub.accounts.models import User
    from jazari.hub.decisions import deciding, giving
    from jazari.hub.decisions.models import Case

    officer = User.objects.get(username="demo-officer")
    taken = []
    for case, (action, reasons) in zip(
        Case.objects.filter(version=version).order_by("territory", "place"), _REASONS, strict=False
    ):
        deciding.claim(case, officer)
        outcome = "help" if action == "followed" else "none"
        taken.append(
            deciding.take(case, officer, {"outcome": outcome, "other": "", "action": action, "reasons": reasons})
        )
    first = taken[0]
    secret = ""
    for language in ("fr", "ar"):  # each printing ends the secret before it: the Arabic one opens the decision
        made, secret = giving.print_one(first, language, f"{address}{language}/d/{first.number}/")
        (folder / f"notice-{language}.pdf").write_bytes(made)
    return first.number, secret


def main(data: str, address: str) -> int:
    """Fill the demonstration in a folder; 0, or the exit code of what went wrong."""
    from jazari.core.errors import JazariError
    from jazari.hub import server

    profile = server.start_django("demo", data)
    logging.getLogger("jazari").setLevel(logging.WARNING)
    try:
        seed(profile, address, lambda line: print(line, flush=True))  # noqa: T201  what a terminal shows
    except JazariError as wrong:
        print(wrong, flush=True)  # noqa: T201  as above
        return wrong.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
