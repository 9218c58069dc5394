"""The closed lists of the register: states, phases, levels of automation, sectors, and what a publisher must say."""

from __future__ import annotations

from dataclasses import dataclass

from jazari.hub.pages.language import sentence

DRAFT, PUBLISHED, RETRACTED, ARCHIVED = "draft", "published", "retracted", "archived"
UPLOADED, APPROVED, REPLACED, REFUSED = "uploaded", "approved", "replaced", "refused"

STATES = {
    DRAFT: sentence("In preparation"),
    UPLOADED: sentence("Waits for approval"),
    APPROVED: sentence("Approved, not published yet"),
    PUBLISHED: sentence("Published"),
    REPLACED: sentence("Replaced by a later version"),
    RETRACTED: sentence("Retracted"),
    ARCHIVED: sentence("Archived"),
    REFUSED: sentence("Refused"),
}
STATUSES = (sentence("publishable"), sentence("blocked"))
"""What a dossier says of itself, as the history of an entry shows it."""
PHASES = (
    ("watching", sentence("Watching, lists nobody yet")),
    ("pilot", sentence("Pilot")),
    ("use", sentence("In use")),
    ("ended", sentence("No longer in use")),
)
AUTOMATION = (
    ("informs", sentence("Informs: a person decides alone")),
    ("proposes", sentence("Proposes: a person decides on each case")),
    ("decides", sentence("Decides unless a person stops it")),
)
SECTORS = (
    ("administration", sentence("Administration")),
    ("agriculture", sentence("Agriculture")),
    ("culture", sentence("Culture and languages")),
    ("cybersecurity", sentence("Cybersecurity")),
    ("education", sentence("Education")),
    ("employment", sentence("Employment")),
    ("energy", sentence("Energy")),
    ("finance", sentence("Digital finance")),
    ("health", sentence("Health")),
    ("industry", sentence("Industry")),
    ("justice", sentence("Justice")),
    ("research", sentence("Research")),
    ("tourism", sentence("Tourism")),
    ("transport", sentence("Transport")),
    ("water", sentence("Water")),
)

DECLARED = (
    *(sentence("commune"), sentence("province"), sentence("region"), sentence("school")),
    *(sentence("beats_baseline"), sentence("calibrated_within"), sentence("covers"), sentence("expires")),
    *(sentence("fresh_within"), sentence("gap_at_most"), sentence("human_decides"), sentence("never_for")),
    *(sentence("no_future"), sentence("notice"), sentence("objection"), sentence("person_beats_site")),
    *(
        sentence("admission"),
        sentence("sanction"),
        sentence("recorded_in_time"),
        sentence("shadow_first"),
        sentence("small_cells"),
    ),
)
"""Words of a declaration that pages say in the reader's language: of what places are, and names of safeguards."""


@dataclass(frozen=True)
class Field:
    """One thing that an entry says in words.

    Attributes:
        name: Its key in the entry.
        label: What a reader sees.
        question: What the publisher is asked.
        compulsory: Whether French and Arabic must be there before publication.
    """

    name: str
    label: str
    question: str
    compulsory: bool = True


FIELDS = (
    Field("title", sentence("Name"), sentence("What do people call the system?")),
    Field("purpose", sentence("Purpose"), sentence("What is the answer of the system for?")),
    Field("owner", sentence("Accountable service"), sentence("Which service answers for the system?")),
    Field("contact", sentence("Contact"), sentence("Where do people write to?")),
    Field("legal_basis", sentence("Legal basis"), sentence("Which articles does the system rest on?")),
    Field("lawfulness", sentence("Lawfulness"), sentence("Why may the service process these data for this purpose?")),
    Field("necessity", sentence("Necessity"), sentence("Why can the purpose not be reached without the system?")),
    Field(
        "proportionality",
        sentence("Proportionality"),
        sentence("What is the gain, what is the burden on people, and why does the first outweigh the second?"),
    ),
    Field("data", sentence("Data"), sentence("Which data does the system read, and where do they come from?")),
    Field("oversight", sentence("Human oversight"), sentence("Who decides, and how may they depart from the system?")),
    Field("help", sentence("Help and places"), sentence("What is offered, in how many places, and where?")),
    Field(
        "changes", sentence("What changed"), sentence("What changed since the last version, and why?"), compulsory=False
    ),
)
BY_NAME = {field.name: field for field in FIELDS}

# Law 54-19, article 5: the grounds on which nobody may be discriminated against, and the columns that speak of them.
GROUNDS = (
    ("sex", sentence("Sex"), ("sex", "gender", "sexe", "genre")),
    ("origin", sentence("Regional affiliation"), ("milieu", "region", "province", "displaced", "territory")),
    ("nationality", sentence("Race, colour, nationality"), ("nacionality", "nationality", "international")),
    ("language", sentence("Language"), ("language", "mother_tongue", "langue")),
    ("disability", sentence("Disability"), ("disability", "handicap", "educational_special_needs", "special_needs")),
    ("status", sentence("Any other personal status"), ()),
)
