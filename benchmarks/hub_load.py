"""The hub under load: register search, system page and decision page on PostgreSQL, at 50 requests a second on 2 cores.

Starts a PostgreSQL of its own, fills it with 5,000 systems, each about nine words a language in four languages (a few
common, many rare), 100,000 decisions and 5,000 objections, serves the hub by `jazari hub serve`, and asks at moments
drawn beforehand, whether or not the answer before has come (an open loop: waiting counts). Prints p50, p95 and p99 by
kind of page with the limit beside them, and the CPU milliseconds that one request costs hub and store.

    .venv/bin/python benchmarks/hub_load.py --seconds 40 --cores 0,1

On a machine that others use, `--real-time` (as root) gives hub, store and asker the cores first while it measures.
"""

from __future__ import annotations

import argparse
import datetime
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

_BINS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name))
_LIMIT_MS = 100
_OPENED = 60
_RARE = 0.3
_WORDS = {
    "fr": "aide transport bourse école élève absence hôpital patient rendez-vous eau barrage irrigation parcelle "
    "énergie réseau charge panne facture permis dossier guichet demande délai recours impôt douane port navire camion "
    "route accident tribunal jugement archive bibliothèque langue musée emploi chômage formation apprenti stage "
    "entreprise coopérative forêt incendie séisme crue sécheresse blé olive pêche troupeau vaccin maternité urgence",
    "ar": "دعم نقل منحة مدرسة تلميذ غياب مستشفى مريض موعد ماء سد سقي ضيعة طاقة شبكة حمولة عطب فاتورة رخصة ملف شباك "
    "طلب أجل طعن ضريبة جمارك ميناء سفينة شاحنة طريق حادثة محكمة حكم أرشيف مكتبة لغة متحف تشغيل بطالة تكوين متدرب "
    "تدريب مقاولة تعاونية غابة حريق زلزال فيضان جفاف قمح زيتون صيد قطيع لقاح ولادة استعجال إسعاف",
    "en": "help transport grant school pupil absence hospital patient appointment water dam irrigation plot energy "
    "grid load fault bill permit file counter request delay appeal tax customs port ship truck road accident "
    "court judgment archive library language museum job unemployment training apprentice placement firm "
    "cooperative forest fire quake flood drought wheat olive fishing herd vaccine maternity emergency ambulance",
    "zgh": "ⴰⵙⴳⵎⵉ ⴰⵎⴰⵏ ⵜⵉⵏⵎⵍ ⴰⵏⵍⵎⴰⴷ ⵜⵓⵜⵍⴰⵢⵜ ⴰⴱⵔⵉⴷ ⵜⴰⵎⵓⵔⵜ ⵜⴰⴳⴰⵏⵜ ⵜⴰⵡⵓⵔⵉ ⴰⵎⵓⵜⵜⵓⵔ",
}


def main() -> None:
    """Fill, serve, ask, print."""
    asked = argparse.ArgumentParser()
    for name, value in (("systems", 5000), ("decisions", 100_000), ("objections", 5000), ("rate", 50), ("seconds", 40)):
        asked.add_argument(f"--{name}", type=int, default=value)
    asked.add_argument("--cores", default="0,1")
    asked.add_argument("--real-time", action="store_true")
    said = asked.parse_args()
    if not _BINS:
        raise SystemExit("PostgreSQL is not installed here. On Debian: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="jazari-hub-load-"))
    folder.chmod(0o755)
    store = _start_store(folder, said.cores)
    try:
        os.environ |= {"DATABASE_URL": f"postgresql://postgres@/postgres?host={folder}", "JAZARI_HUB_PROFILE": "demo"}
        os.environ |= {"JAZARI_HUB_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": "jazari.hub.settings"}
        numbers, plain = _fill(said)
        server, port = _serve(folder, said.cores)
        try:
            _measure(said, port, numbers, plain, (server.pid, store.pid))
        finally:
            server.terminate()
            server.wait(30)
    finally:
        store.terminate()
        store.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _start_store(folder: Path, cores: str) -> subprocess.Popen[bytes]:
    data, me = folder / "pg", ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if me:
        shutil.chown(folder, "postgres")
    subprocess.run([*me, _BINS[-1] / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"],
                   check=True, stdout=subprocess.DEVNULL)  # fmt: skip
    options = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", "-c", "shared_buffers=512MB"]
    log = (folder / "pg.log").open("wb")
    one = subprocess.Popen(["taskset", "-c", cores, *me, _BINS[-1] / "postgres", "-D", data, *options], stderr=log)
    for _ in range(100):
        if not subprocess.run([_BINS[-1] / "pg_isready", "-q", "-h", folder], check=False).returncode:
            return one
        time.sleep(0.1)
    raise SystemExit((folder / "pg.log").read_text())


def _fill(said: argparse.Namespace) -> tuple[list[tuple[str, str]], list[str]]:
    """Fill the store; decisions that can be opened with their secrets, and the addresses of systems."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    start = time.process_time()
    first = _publish_one()
    systems = _systems(first, said.systems)
    opened = _decisions(first, systems, said.decisions, said.objections)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()
    print(f"filled: {said.systems} systems, {said.decisions} decisions, {said.objections} objections, "
          f"{time.process_time() - start:.0f} CPU-seconds")  # fmt: skip
    return opened, [one.slug for one in systems]


def _publish_one():
    """One system published as people do; the others are its likes with words of their own."""
    import importlib.util

    path = Path(__file__).parent.parent / "tests" / "hub" / "conftest.py"
    spec = importlib.util.spec_from_file_location("hub_packs", path)
    packs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(packs)
    from jazari.hub.accounts.models import User
    from jazari.hub.register import publication

    by, other = (User.objects.create(username=name, name=name) for name in ("uploader", "approver"))
    version = publication.upload(packs.zipped(packs.dossier()), "MA-03", by)
    for name in publication.missing(version):
        version.entry[name] = {"fr": "Texte.", "ar": "نص."} | version.entry.get(name, {})
    version.save()
    publication.judge(version, other, "", good=True)
    publication.publish(version)
    version.refresh_from_db()
    return version


def _seeded(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  the same load each time


def _topic(draw: random.Random, language: str) -> list[str]:
    """Nine words that one entry is about: the n-th most common of its language about 1/n as often (Zipf)."""
    words = _WORDS[language].split()
    return draw.choices(words, [1 / place for place in range(4, len(words) + 4)], k=9)


def _text(draw: random.Random, topic: list[str], length: int) -> str:
    """A text of a topic: its words in turns, and a rare name of seven letters now and then."""
    letters = "".join(topic).replace("-", "")
    rare = ["".join(draw.choices(letters, k=7))] if draw.random() < _RARE else []
    return " ".join([*draw.choices(topic, k=length), *rare])


def _systems(first, many: int):
    from django.utils import timezone

    from jazari.hub.register.entry import index_of
    from jazari.hub.register.models import Curve, System, Version, Word
    from jazari.hub.register.words import SECTORS

    draw, now, curves = _seeded(1), timezone.now(), list(first.curves.all())
    made = []
    for number in range(many - 1):
        entry = {name: {one: _text(draw, one, 5 if name == "title" else 10) for one in _WORDS} for name in first.entry}
        system = System(
            slug=f"case-{number}", case=f"sector.case{number}", sector=draw.choice(SECTORS)[0], state="published",
            pole=f"MA-{number % 12 + 1:02d}", territories=f"MA-{number % 12 + 1:02d}", title=entry["title"],
            purpose=entry["purpose"], owner=entry["owner"],
            published_at=now - datetime.timedelta(minutes=draw.randrange(500_000)),
        )  # fmt: skip
        version = Version(
            system=system, number=1, state="published", digest=f"{number:064d}", pack=first.pack, size=1,
            uploaded_by=first.uploaded_by, entry=entry, facts=first.facts, evidence=first.evidence,
            declaration=first.declaration, published_at=system.published_at, ran_at=first.ran_at,
        )  # fmt: skip
        made.append((system, version))
    System.objects.bulk_create((one for one, _ in made), batch_size=500)
    Version.objects.bulk_create((one for _, one in made), batch_size=250)
    for system, version in made:
        system.current = version
    System.objects.bulk_update((one for one, _ in made), ["current"], batch_size=500)
    Word.objects.bulk_create(
        (Word(system=system, text=text, titled=titled) for system, version in made
         for text, titled in index_of(version.entry, system.case).items()), batch_size=5000)  # fmt: skip
    Curve.objects.bulk_create(
        (Curve(version=version, place=one.place, columns=one.columns, facts=one.facts, drawing=one.drawing)
         for _, version in made for one in curves), batch_size=1000)  # fmt: skip
    return [first.system, *(one for one, _ in made)]


def _decisions(first, systems, many: int, objected: int) -> list[tuple[str, str]]:
    from django.utils import timezone

    from jazari.hub.decisions import door
    from jazari.hub.decisions.models import Decision
    from jazari.hub.objections.models import Objection
    from jazari.usecase.decisions.routes import routes

    draw, now, secrets, made = _seeded(2), timezone.now(), [], []
    ways = routes(first.declaration, timezone.localdate())
    for place in range(many):
        number, secret = door.new_number("D")[2:] + f"-{place:06d}", door.new_secret()
        if place < _OPENED:
            secrets.append((number, secret))
        one = draw.choice(systems)
        made.append(Decision(
            number=number, system=one, version_id=one.current_id, subject=f"{place:064d}", territory=f"c{place % 1500}",
            action="followed", outcome="offered", reasons="Motifs de la décision.", legal_basis=["Loi 51-17, art. 3"],
            routes=ways, officer=first.uploaded_by, decided_at=now, secret=door.fingerprint(number, secret),
            secret_at=now, last_day=now.date(),
        ))  # fmt: skip
    Decision.objects.bulk_create(made, batch_size=2000)
    Objection.objects.bulk_create(
        (Objection(number=f"O-{place}", secret="", decision=one, system_id=one.system_id, speaker="self", grounds="x",
                   language="fr", filed_at=now, clock="objection", last_day=now.date(),
                   outcome=draw.choice(("", "upheld", "reversed")))
         for place, one in enumerate(made[:objected])), batch_size=2000)  # fmt: skip
    return secrets


def _serve(folder: Path, cores: str) -> tuple[subprocess.Popen[bytes], int]:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [Path(sys.executable).parent / "jazari", "hub", "serve", "--demo", "--port", str(port), "--data",
               str(folder / "data")]  # fmt: skip
    log = (folder / "hub.log").open("wb")
    server = subprocess.Popen(["taskset", "-c", cores, *command], stdout=log, stderr=log)
    for _ in range(150):
        try:
            if _get(port, "/healthz")[0] == 200:
                return server, port
        except OSError:
            time.sleep(0.1)
    raise SystemExit((folder / "hub.log").read_text())


def _get(port: int, path: str, cookie: str = "", body: bytes | None = None, client: str = "") -> tuple[int, object]:
    link = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Cookie": cookie, "Accept-Language": "fr"} if cookie else {}
    headers |= {"X-Forwarded-For": client} if client else {}
    headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    link.request("POST" if body else "GET", path, body, headers)
    answer = link.getresponse()
    found = answer.status, (answer.read().decode(), answer.headers.get_all("Set-Cookie") or [])
    link.close()
    return found


def _open(port: int, number: str, secret: str, place: int) -> str:
    """Open a decision with its secret, as a browser does; its cookies."""
    path = f"/fr/d/{number}/"
    status, (page, cookies) = _get(port, path)
    if status != 200:
        return ""
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    jar = dict(one.partition(";")[0].split("=", 1) for one in cookies)
    body = urlencode({"csrfmiddlewaretoken": token, "secret": secret}).encode()
    status, (_, cookies) = _get(port, path, _cookie(jar), body, f"10.0.0.{place}")
    jar |= dict(one.partition(";")[0].split("=", 1) for one in cookies)
    return _cookie(jar) if status == 302 else ""


def _cookie(jar: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in jar.items())


def _requests(said, port: int, numbers, slugs) -> list[tuple[str, str, str]]:
    """What is asked: kind, path, cookie; a search, a system and a decision in turn."""
    draw = _seeded(3)
    opened = [(number, _open(port, number, secret, place)) for place, (number, secret) in enumerate(numbers)]
    decisions = [(f"/{draw.choice(('fr', 'ar'))}/d/{number}/", cookie) for number, cookie in opened if cookie]
    print(f"decisions opened with their secret: {len(decisions)}")
    asked = []
    for place in range(said.rate * said.seconds):
        language = draw.choice(("fr", "ar", "fr", "ar", "en", "zgh"))
        kind = ("search", "system", "decision" if decisions else "system")[place % 3]
        if kind == "search":
            words = draw.sample(_WORDS[language].split(), draw.choice((1, 1, 2)))
            words = [one[: draw.choice((3, 4, 99))] for one in words]
            asked.append(
                (kind, f"/{language}/register/?q={quote(' '.join(words))}&page={draw.choice((1, 1, 1, 2))}", "")
            )
        elif kind == "system":
            asked.append((kind, f"/{language}/register/{draw.choice(slugs)}/", ""))
        else:
            asked.append((kind, *draw.choice(decisions)))
    return asked


def _family(roots: tuple[int, ...]) -> dict[int, list[str]]:
    """What the system says of processes and of all that they started, by number."""
    family: dict[int, list[str]] = {}
    for path in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda one: int(one.parent.name)):
        number = int(path.parent.name)
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if number in roots or int(fields[1]) in family:
            family[number] = fields
    return family


def _take_the_cores(numbers: tuple[int, ...]) -> None:
    for number in numbers:
        for thread in Path(f"/proc/{number}/task").iterdir():
            os.sched_setscheduler(int(thread.name), os.SCHED_RR, os.sched_param(1))


def _cpu(roots: tuple[int, ...]) -> float:
    """CPU-seconds of processes and of all that they started, ended ones too."""
    ticks = sum(int(one) for fields in _family(roots).values() for one in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def _measure(said, port: int, numbers, slugs, roots: tuple[int, ...]) -> None:
    asked = _requests(said, port, numbers, slugs)
    for _, path, cookie in asked[:60]:
        _get(port, path, cookie)
    if said.real_time:
        _take_the_cores((*_family(roots), os.getpid()))
    took, wrong, cpu, start = defaultdict(list), [], _cpu(roots), time.perf_counter() + 0.5
    draw = _seeded(4)
    moments = sorted(start + draw.random() * said.seconds for _ in asked)

    def ask(due: float, kind: str, path: str, cookie: str) -> None:
        status, (body, _) = _get(port, path, cookie)
        took[kind].append(1000 * (time.perf_counter() - due))
        if status != 200 or (kind == "decision" and 'name="secret"' in body):
            wrong.append((status, kind))

    threads = []
    for due, one in zip(moments, asked, strict=True):
        time.sleep(max(0.0, due - time.perf_counter()))
        threads.append(threading.Thread(target=ask, args=(max(due, time.perf_counter()), *one)))
        threads[-1].start()
    for one in threads:
        one.join()
    spent = _cpu(roots) - cpu
    print(f"{said.rate} requests/s for {said.seconds} s on cores {said.cores}; wrong answers: "
          f"{len(wrong)} {wrong[:3]}; load of the machine: {os.getloadavg()[0]:.1f}")  # fmt: skip
    print(f"CPU a request, hub and store together: {1000 * spent / len(asked):.1f} ms; of the cores: "
          f"{100 * spent / said.seconds / len(said.cores.split(',')):.0f} %")  # fmt: skip
    print(f"{'page':<10}{'n':>6}{'p50':>8}{'p95':>8}{'p99':>8}   limit of p95: {_LIMIT_MS} ms")
    for kind, values in took.items():
        values.sort()
        marks = [values[min(len(values) - 1, int(len(values) * part))] for part in (0.5, 0.95, 0.99)]
        print(f"{kind:<10}{len(values):>6}" + "".join(f"{one:>8.0f}" for one in marks))


if __name__ == "__main__":
    main()
