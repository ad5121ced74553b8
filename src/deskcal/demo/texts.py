"""Customers, titles, notes and outcomes of the demo desk. Only data."""

from deskcal.core.event import EventType
from deskcal.core.outcomes import Outcome
from deskcal.limits import DAY_SEC

_LONDON, _WARSAW, _DUBAI = "Europe/London", "Europe/Warsaw", "Asia/Dubai"
_TOKYO, _SAO_PAULO = "Asia/Tokyo", "America/Sao_Paulo"

CUSTOMERS = (
    ("Anna Lindqvist", _WARSAW),
    ("Piotr Nowak", _WARSAW),
    ("Chiara Romano", _WARSAW),
    ("Chen Wei", _TOKYO),
    ("Fatma Demir", _DUBAI),
    ("Oliver Hughes", _LONDON),
    ("Nikos Georgiou", _WARSAW),
    ("Sofía Hernández", _SAO_PAULO),
    ("Jürgen Weiß", _WARSAW),
    ("Ivana Horvat", _WARSAW),
    ("Rafael Pereira", _SAO_PAULO),
    ("Mette Sørensen", _WARSAW),
    ("Tomáš Dvořák", _WARSAW),
    ("Aisha Rahman", _DUBAI),
    ("Luca Bianchi", _WARSAW),
    ("Emma Virtanen", _WARSAW),
    ("Андрей Соколов", _DUBAI),
    ("Camila Rojas", _SAO_PAULO),
    ("Ahmed El-Sayed", _DUBAI),
    ("Katarzyna Zielińska", _WARSAW),
    ("Pierre Lefèvre", _WARSAW),
    ("Hiroshi Tanaka", _TOKYO),
    ("Inês Carvalho", _LONDON),
    ("Daniel O'Brien", _LONDON),
)
"""Name and time zone of each."""

CALLS = (
    "Welcome call: {customer}",
    "Call {customer} about the first deposit",
    "Call back {customer}: missed call this morning",
    "Call {customer}: platform walkthrough",
    "Retention call: {customer}, no trades for 30 days",
    "Call {customer} about the withdrawal request",
)
FOLLOW_UPS = (
    "Follow-up: {customer}, documents for verification",
    "Follow-up: {customer} after the webinar",
    "Follow-up: {customer}, bonus terms",
    "Follow-up: {customer}, second deposit",
    "Follow-up: {customer}, complaint about spreads",
)
TASKS = (
    "Update the notes on {customer}",
    "Prepare an offer for {customer}",
    "Check the account history of {customer}",
    "Clean up the lead list: duplicates of last week",
    "Send the fee schedule to {customer}",
)
REMINDERS = (
    "Passport of {customer} expires soon",
    "Ask {customer} for proof of address",
    "Birthday of {customer}",
)
MEETINGS = (
    "Account review with {customer}",
    "Onboarding session: {customer}",
    "Portfolio talk with {customer} and compliance",
)
DEADLINES = (
    "KYC file of {customer} to compliance",
    "Weekly numbers to the head of desk",
    "Answer to the complaint of {customer}",
)
DESK_MEETINGS = (
    ("{desk}: pipeline of the week", ("Numbers of last week", "Open deposits", "Who needs help")),
    ("{desk}: call review", ("Two recorded calls", "What worked", "Script changes")),
)
ALL_DAY = (
    "{manager}: day off",
    "Training day: new CRM screens",
    "Month-end reporting",
    "{manager}: home office",
)
NOTES = (
    "Prefers to be called after lunch, speaks English and a little German.",
    "Asked twice about swap-free accounts; send the comparison before the call.",
    "Last contact two weeks ago, no answer to the e-mail since.",
    "Interested in metals and indices. Be brief, numbers first.",
    "Very happy with support. Good moment to ask for a referral.",
    "Documents are complete except for the utility bill.",
)
STEPS = (
    "Read the notes of the last call",
    "Confirm e-mail and phone",
    "Explain the offer and its terms",
    "Agree on the next step and its date",
    "Write the result into the CRM",
)

_CALLS = (EventType.CALL, EventType.FOLLOW_UP)
OUTCOMES = (
    Outcome(code="reached", name="Reached", types=_CALLS, is_contact=1),
    Outcome(code="call_back", name="Call back", types=_CALLS, is_contact=1, next_in_sec=DAY_SEC),
    Outcome(code="no_answer", name="No answer", types=_CALLS, next_in_sec=3600),
    Outcome(code="busy", name="Line busy", types=_CALLS, next_in_sec=900),
    Outcome(code="not_interested", name="Not interested", types=_CALLS, is_contact=1),
    Outcome(code="wrong_number", name="Wrong number", types=_CALLS),
)
