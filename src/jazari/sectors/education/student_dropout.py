"""The use case `education.student_dropout`, on the columns of UCI 697 as they stand.

Source: Realinho, Machado, Baptista, Martins, "Predict students' dropout and academic success" (UCI 697, CC BY 4.0), a
polytechnic in Portugal; bounds and codes are those of its codebook. Nominal codes are categories without a closed list:
the codebook says more codes than the file holds, and another institution has its own.
"""

from __future__ import annotations

from jazari.usecase import (
    Risk,
    Table,
    UseCase,
    audited,
    beats_baseline,
    calibrated_within,
    column,
    expires,
    gap_at_most,
    human_decides,
    never_for,
    no_future,
    notice,
    objection,
    outcome,
    places,
    small_cells,
)

_ENROLLED = "P1M"
_FIRST = "P6M"  # the first semester's examinations are over
_SECOND = "P11M"  # the second's
_UNITS = "curricular unit"

students = Table(
    "students",
    # at enrolment
    column("application_mode", "Way of applying", kind="category", source="Application mode", known_at=_ENROLLED),
    column("application_order", "Rank of this choice in the application", source="Application order", within=(0, 9),
           known_at=_ENROLLED),
    column("course", "Course of study", kind="category", source="Course", known_at=_ENROLLED),
    column("daytime", "Daytime attendance", kind="flag", source="Daytime/evening attendance", known_at=_ENROLLED),
    column("previous_qualification", "Previous qualification", kind="category", source="Previous qualification",
           known_at=_ENROLLED),
    column("previous_grade", "Grade of the previous qualification", unit="point/200", within=(0, 200),
           source="Previous qualification (grade)", known_at=_ENROLLED),
    column("mother_qualification", "Qualification of the mother", kind="category", source="Mother's qualification",
           known_at=_ENROLLED),
    column("father_qualification", "Qualification of the father", kind="category", source="Father's qualification",
           known_at=_ENROLLED),
    column("mother_occupation", "Occupation of the mother", kind="category", source="Mother's occupation",
           known_at=_ENROLLED),
    column("father_occupation", "Occupation of the father", kind="category", source="Father's occupation",
           known_at=_ENROLLED),
    column("admission_grade", "Admission grade", unit="point/200", within=(0, 200), source="Admission grade",
           known_at=_ENROLLED),
    column("age", "Age at enrolment", unit="year", within=(15, 100), source="Age at enrollment", known_at=_ENROLLED),
    column("scholarship", "Holds a scholarship", kind="flag", source="Scholarship holder", known_at=_ENROLLED),
    # by the end of the second semester
    column("debtor", "Owes money to the institution", kind="flag", source="Debtor", known_at=_SECOND),
    column("fees_paid", "Tuition fees up to date", kind="flag", source="Tuition fees up to date", known_at=_SECOND),
    column("credited_1", "Units credited, first semester", unit=_UNITS, within=(0, 60),
           source="Curricular units 1st sem (credited)", known_at=_FIRST),
    column("enrolled_1", "Units enrolled in, first semester", unit=_UNITS, within=(0, 60),
           source="Curricular units 1st sem (enrolled)", known_at=_FIRST),
    column("evaluations_1", "Evaluations, first semester", within=(0, 100),
           source="Curricular units 1st sem (evaluations)", known_at=_FIRST),
    column("approved_1", "Units passed, first semester", unit=_UNITS, within=(0, 60),
           source="Curricular units 1st sem (approved)", known_at=_FIRST),
    column("grade_1", "Average grade, first semester", unit="point/20", within=(0, 20),
           source="Curricular units 1st sem (grade)", known_at=_FIRST),
    column("unevaluated_1", "Units without evaluation, first semester", unit=_UNITS, within=(0, 60),
           source="Curricular units 1st sem (without evaluations)", known_at=_FIRST),
    column("credited_2", "Units credited, second semester", unit=_UNITS, within=(0, 60),
           source="Curricular units 2nd sem (credited)", known_at=_SECOND),
    column("enrolled_2", "Units enrolled in, second semester", unit=_UNITS, within=(0, 60),
           source="Curricular units 2nd sem (enrolled)", known_at=_SECOND),
    column("evaluations_2", "Evaluations, second semester", within=(0, 100),
           source="Curricular units 2nd sem (evaluations)", known_at=_SECOND),
    column("approved_2", "Units passed, second semester", unit=_UNITS, within=(0, 60), direction="down",
           source="Curricular units 2nd sem (approved)", known_at=_SECOND),
    column("grade_2", "Average grade, second semester", unit="point/20", within=(0, 20),
           source="Curricular units 2nd sem (grade)", known_at=_SECOND),
    column("unevaluated_2", "Units without evaluation, second semester", unit=_UNITS, within=(0, 60),
           source="Curricular units 2nd sem (without evaluations)", known_at=_SECOND),
    # the country in the year of enrolment
    column("unemployment", "Unemployment rate", unit="%", within=(0, 100), source="Unemployment rate",
           known_at=_ENROLLED),
    column("inflation", "Inflation rate", unit="%", source="Inflation rate", known_at=_ENROLLED),
    column("gdp", "Growth of the gross domestic product", unit="%", source="GDP", known_at=_ENROLLED),
    # read by the audit alone
    audited("gender", "Gender (1 male, 0 female)", among=(0, 1), source="Gender"),
    audited("nationality", "Nationality, by code", source="Nacionality"),
    audited("foreign", "Foreign student", among=(0, 1), source="International"),
    audited("away_from_home", "Lives away from home", among=(0, 1), source="Displaced"),
    audited("special_needs", "Special educational needs", among=(0, 1), source="Educational special needs"),
    audited("marital_status", "Marital status, by code", among=(1, 2, 3, 4, 5, 6), source="Marital status"),
    outcome("dropout", "Dropped out of the course", source="Target", positive=("Dropout",), known_after="P36M"),
    row="one student in a first-cycle course, as known at the end of the second semester",
    predict_at="P11M",
)  # fmt: skip

student_dropout = UseCase(
    "education.student_dropout",
    title="Students who may drop out",
    purpose="Offer academic support after the first year, before a student drops out.",
    table=students,
    engine=Risk(of="dropout", against="approved_2"),
    help=places("academic support", share=0.20, label="A tutor, a study plan or help with fees"),
    safeguards=(
        human_decides("head of studies"),
        never_for("sanction", "admission", "grading", "policing", "fees"),
        beats_baseline(by=0.05),
        gap_at_most(0.10, metric="recall", across=("gender", "away_from_home")),
        calibrated_within(0.05),
        no_future(),
        small_cells(11),
        notice("student", languages=("ar", "zgh", "fr")),
        objection(open_for="P30D", within="P15D"),
        expires("P12M"),
    ),
    owner="Student affairs of the university",
    legal_basis=(
        "Law 09-08, art. 4: a mission of public interest (counsel to confirm)",
        "Law 09-08, art. 11: no decision on the sole ground of automated processing",
        "Law 54-19, art. 5: no discrimination",
    ),
    contact="Student affairs, or the data protection officer of the university",
)
