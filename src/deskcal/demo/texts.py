"""What the demo desk talks about: people, titles, words. Only data; `demo` makes events of it."""

from deskcal.core.event import EventType
from deskcal.core.outcomes import Outcome

CUSTOMERS = (
    "Anna Lindqvist",
    "Piotr Nowak",
    "Chiara Romano",
    "Chen Wei",
    "Fatma Demir",
    "Oliver Hughes",
    "Nikos Georgiou",
    "Sofía Hernández",
    "Jürgen Weiß",
    "Ivana Horvat",
    "Rafael Pereira",
    "Mette Sørensen",
    "Tomáš Dvořák",
    "Aisha Rahman",
    "Luca Bianchi",
    "Emma Virtanen",
    "Андрей Соколов",
    "Camila Rojas",
    "Ahmed El-Sayed",
    "Katarzyna Zielińska",
    "Pierre Lefèvre",
    "Hiroshi Tanaka",
    "Inês Carvalho",
    "Daniel O'Brien",
)

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
    Outcome(code="call_back", name="Call back", types=_CALLS, is_contact=1, next_in_sec=86_400),
    Outcome(code="no_answer", name="No answer", types=_CALLS, next_in_sec=3600),
    Outcome(code="busy", name="Line busy", types=_CALLS, next_in_sec=900),
    Outcome(code="not_interested", name="Not interested", types=_CALLS, is_contact=1),
    Outcome(code="wrong_number", name="Wrong number", types=_CALLS),
)
