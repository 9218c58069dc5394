"""The public half of the register."""

from __future__ import annotations

import json

import pytest

PUBLIC = ("", "evidence/", "evidence/0/", "model/", "model/0/", "history/", "feedback/")
SLUG = "education-dropout-ma-03"


@pytest.mark.parametrize("language", ["ar", "zgh", "fr", "en"])
def test_every_public_page_of_a_system_opens_in_every_language_and_is_small(client, published, language):
    published()
    browser = client()
    for rest in PUBLIC:
        answer = browser.get(f"/{language}/register/{SLUG}/{rest}")
        assert answer.status_code == 200, rest
        assert len(answer.content) <= 61_440
        assert f'lang="{language}"' in answer.content.decode()


def test_every_public_page_has_a_twin_in_json_that_shows_the_same_data(client, published):
    published()
    browser = client()
    for rest in PUBLIC:
        twin = browser.get(f"/fr/register/{SLUG}/{rest}".rstrip("/") + ".json")
        assert twin.status_code == 200, rest
        assert json.loads(twin.content)["system"]["slug"] == SLUG
    assert json.loads(browser.get("/fr/register.json").content)["total"] == 1


@pytest.mark.parametrize(
    "query", ["decrochage", "DÉCROCHAGE scolaire", "الهدر", "هدر مدرسي", "الهَدْر", "ⴰⵙⴳⵎⵉ", "dropout", "education"]
)
def test_the_search_finds_a_system_by_words_of_any_language_without_their_marks(client, published, query):
    published()
    assert client().get("/fr/register.json", {"q": query}).json()["total"] == 1


def test_the_search_finds_nothing_where_one_word_does_not_fit(client, published):
    published()
    assert client().get("/fr/register.json", {"q": "décrochage dromadaire"}).json()["total"] == 0


@pytest.mark.parametrize(
    ("filters", "total"),
    [
        ({"territory": "MA-03"}, 1),
        ({"territory": "MA-04"}, 0),
        ({"sector": "education"}, 1),
        ({"sector": "water"}, 0),
        ({"phase": "use"}, 1),
        ({"automation": "proposes"}, 1),
        ({"automation": "decides"}, 0),
        ({"sector": "nonsense"}, 1),
    ],
)
def test_the_filters_cut_the_register(client, published, filters, total):
    published()
    assert client().get("/fr/register.json", filters).json()["total"] == total


def test_what_is_not_published_is_nowhere_to_be_seen(client, pack, person):
    from jazari.hub.register import publication

    publication.upload(pack(), "MA-03", person("publisher"))
    browser = client()
    assert browser.get("/fr/register.json").json()["total"] == 0
    assert browser.get(f"/fr/register/{SLUG}/").status_code == 404
    assert browser.get(f"/api/systems/{SLUG}").status_code == 404


def test_a_retracted_entry_stays_readable_and_says_why(client, published):
    from jazari.hub.register import publication

    version = published()
    publication.end(version, "retracted", "Les absences étaient mal comptées.")
    page = client().get(f"/fr/register/{SLUG}/").content.decode()
    assert "Retiré" in page
    assert "mal comptées" in page


def test_the_history_says_field_by_field_what_changed(client, published, person, pack, say_all):
    from jazari.hub.register import publication

    published()
    second = publication.upload(
        pack(fingerprints={"data": "d" * 64, "declaration": "b" * 64, "code": "c" * 64}), "MA-03", person("publisher")
    )
    second.entry["purpose"] = {"fr": "Autre finalité", "ar": "غرض آخر"}
    second.phase = "pilot"
    second.save()
    say_all(second)
    publication.judge(second, person("approver"), "", good=True)
    publication.publish(second)
    versions = client().get(f"/fr/register/{SLUG}/history.json").json()["versions"]
    assert [one["state"] for one in versions] == ["published", "replaced"]
    assert {one["what"] for one in versions[0]["changes"]} == {"Purpose", "Phase", "Data that it learnt from"}


def test_a_small_count_of_people_is_shown_neither_on_the_page_nor_in_the_table(client, published):
    published()
    rows = [client().get(f"/fr/register/{SLUG}/model/{place}.json").json()["curve"]["rows"] for place in range(3)]
    counts = [row["count"] for curve in rows for row in curve]
    assert None in counts
    assert all(count is None or count >= 11 for count in counts)


def test_a_table_as_csv_runs_no_formula(client, published):
    published()
    texts = [client().get(f"/fr/register/{SLUG}/model/{place}.csv").content.decode() for place in range(3)]
    cells = [line.split(",")[0].strip('"') for text in texts for line in text.splitlines()[1:]]
    assert not [cell for cell in cells if cell[:1] in "=+-@"]


def test_the_most_telling_table_comes_first(client, published):
    published()
    curves = client().get(f"/fr/register/{SLUG}/model.json").json()["curves"]
    assert curves[0]["columns"] == ["absences"]
    assert [one["weight"] for one in curves] == sorted((one["weight"] for one in curves), reverse=True)


def test_a_card_is_given_to_keep_and_never_runs_as_a_page_of_ours(client, published):
    published()
    answer = client().get(f"/fr/register/{SLUG}/files/1/card.ar.html")
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["list.parquet", "predictions.parquet", "nothing.json", "..%2F..%2Fdemo-secret"])
def test_no_other_file_is_given(client, published, name):
    published()
    assert client().get(f"/fr/register/{SLUG}/files/1/{name}").status_code == 404


def test_feedback_is_public_only_with_its_answer(client, published, person):
    from jazari.hub.register.models import Feedback

    published()
    browser, path = client(), f"/fr/register/{SLUG}/feedback/"
    sent = browser.post(path, {"about": "wrong", "text": "Le contact a changé.", "website": ""})
    assert sent.status_code == 302
    assert "Le contact a changé." not in browser.get(path).content.decode()
    answer = client(person("publisher")).post(
        f"/fr/publish/feedback/{Feedback.objects.get().pk}/", {"show": "yes", "answer": "Merci, corrigé."}
    )
    assert answer.status_code == 302
    page = browser.get(path).content.decode()
    assert "Le contact a changé." in page
    assert "Merci, corrigé." in page


def test_feedback_from_a_machine_is_thanked_and_forgotten(client, published):
    from jazari.hub.register.models import Feedback

    published()
    client().post(f"/fr/register/{SLUG}/feedback/", {"about": "other", "text": "Buy", "website": "http://spam.example"})
    assert not Feedback.objects.exists()


def test_feedback_is_limited(client, published):
    published()
    browser = client()
    codes = [
        browser.post(f"/fr/register/{SLUG}/feedback/", {"about": "other", "text": f"Remarque {number}"}).status_code
        for number in range(6)
    ]
    assert codes == [302] * 5 + [429]


def test_the_home_page_counts_regions_on_the_tile_map(client, published):
    published()
    tiles = client().get("/fr/index.json").json()["tiles"]
    assert len(tiles) == 12
    assert {one["code"]: one["count"] for one in tiles}["MA-03"] == 1
    assert len({(one["x"], one["y"]) for one in tiles}) == 12


def test_a_sentence_out_of_a_pack_is_never_run_as_a_format(client, published):
    bad = {
        "safeguard": "x",
        "state": "holds",
        "sentence": "{a.__class__} {a:>999999999} {b}",
        "values": {"a": 1, "b": "fine"},
    }
    published(findings=[bad])
    page = client().get(f"/fr/register/{SLUG}/").content.decode()
    assert "class &#x27;int" not in page
    assert "fine" in page
    assert len(page) < 61_440


def test_titles_come_before_texts_and_then_the_latest(published):
    import datetime

    from jazari.hub.register.models import System, Word
    from jazari.hub.register.search import asked, results

    first = published().system
    for name, days, titled in (("old-title", 9, True), ("new-text", 1, False), ("old-text", 5, False)):
        day = first.published_at - datetime.timedelta(days)
        one = System.objects.create(slug=name, case=name, pole="MA-01", state="published", published_at=day)
        Word.objects.create(system=one, text="barrage", titled=titled)
    found = results(asked({"q": "Barr"}))
    assert [one["slug"] for one in found["systems"]] == ["old-title", "new-text", "old-text"]
    assert (found["total"], results(asked({"q": "barr", "page": "7"}))["total"]) == (3, 3)
    assert results(asked({}))["systems"][0]["slug"] == first.slug


def test_gaps_that_are_too_small_to_be_shown_are_left_out_of_the_table(client, published):
    version = published()
    version.evidence["groups"] = {"sex": {"columns": ["sex"], "gaps": {"recall": None, "brier": {"value": 0.1}}}}
    version.save()
    answer = client().get(f"/fr/register/{SLUG}/evidence/gaps.csv")
    assert answer.status_code == 200
    assert "brier" in answer.content.decode()
    assert "recall" not in answer.content.decode()


def test_a_wide_model_is_shown_fifty_tables_a_page(client, published):
    from jazari.hub.register.models import Curve

    version = published()
    one = version.curves.first()
    version.curves.all().delete()
    Curve.objects.bulk_create(
        Curve(version=version, place=at, columns=[f"column {at}"], facts=one.facts, drawing=one.drawing)
        for at in range(160)
    )
    first, last = (client().get(f"/fr/register/{SLUG}/model/", {"page": page}) for page in (1, 4))
    assert (first.content.decode().count('<th scope="row">'), last.content.decode().count('<th scope="row">')) == (
        50,
        10,
    )
    assert len(first.content) < 61_440
    assert client().get(f"/fr/register/{SLUG}/model.json").json()["pages"] == 4


def test_a_model_of_more_tables_than_anybody_reads_is_refused():
    from jazari.core.errors import PortalError
    from jazari.hub.register.curves import MOST_TERMS, draw

    with pytest.raises(PortalError, match="JZ-815"):
        draw({"terms": [{}] * (MOST_TERMS + 1)}, {})
