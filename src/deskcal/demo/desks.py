"""The managers, desks and customers of the demo, and its directory of names. Only data."""

from typing import Any

from msgspec import Struct

from deskcal.core.calling_hours import HoursTable
from deskcal.core.directory import Desk, Directory, Manager, checked_manager, checked_outcome
from deskcal.core.sessions import SessionType
from deskcal.demo import texts

CALLING_HOURS = {"default": HoursTable(hours="08:00-21:00", weekdays=(1, 2, 3, 4, 5, 6))}
"""Of a server with the demo desk whose settings name none."""
FIRST_CUSTOMER_ID, FIRST_LEAD_ID, FIRST_LOGIN = 40_200, 71_000, 8_800_100


class DemoEvent(Struct, frozen=True):
    """The data of one MngAddCalendarEvent, and the manager who sends it."""

    actor: int
    data: dict[str, Any]


class DemoManager(Struct, frozen=True):
    """An invented manager, with the claims of a token of theirs."""

    manager_id: int
    name: str
    brand: str
    desks: str
    """Desk mask of the token."""
    session_type: SessionType


class DemoDesk(Struct, frozen=True):
    """A desk with its managers, whose ids follow each other; the first one is the lead."""

    code: str
    title: str
    brand: str
    timezone: str
    names: tuple[str, ...]
    first_id: int

    @property
    def manager_ids(self) -> tuple[int, ...]:
        """Ids in the order of `names`."""
        return tuple(range(self.first_id, self.first_id + len(self.names)))


DESKS = (
    DemoDesk(
        "DESK_RETENTION",
        "Retention",
        "default",
        "Europe/Nicosia",
        ("Ελένη Παπαδοπούλου", "James O'Connor", "Zeynep Yılmaz", "Иван Петров"),
        10,
    ),
    DemoDesk(
        "DESK_EU_SALES",
        "EU sales",
        "default",
        "Europe/Warsaw",
        ("Łukasz Wiśniewski", "Amélie Fournier", "Søren Kjærgaard", "Marta Kowalczyk"),
        14,
    ),
    DemoDesk(
        "DESK_LATAM_SALES",
        "LATAM sales",
        "northgate",
        "America/Sao_Paulo",
        ("Mariana Gonçalves", "José Núñez", "Thiago Araújo", "Valentina Ríos"),
        18,
    ),
)


def demo_managers() -> list[DemoManager]:
    """A dozen managers on three desks of two brands; the first of each desk is its lead."""
    return [
        DemoManager(manager_id, name, desk.brand, *_rights(desk, manager_id))
        for desk in DESKS
        for manager_id, name in zip(desk.manager_ids, desk.names, strict=True)
    ]


def demo_directory() -> Directory:
    """The demo's managers, desks and outcomes by name."""
    managers = [
        checked_manager(Manager(id=manager_id, name=name, brand=desk.brand, desks=desk.code))
        for desk in DESKS
        for manager_id, name in zip(desk.manager_ids, desk.names, strict=True)
    ]
    desks = [
        Desk(code=desk.code, brand=desk.brand, title=desk.title, manager_id=desk.first_id)
        for desk in DESKS
    ]
    return Directory(managers, desks, list(map(checked_outcome, texts.OUTCOMES)))


def links_of(number: int) -> dict[str, Any]:
    """The links of an event to customer `number`: an account, or a lead; and their zone."""
    zone = {"customer_timezone": texts.CUSTOMERS[number][1]}
    if number % 4 == 3:
        return zone | {"lead_id": FIRST_LEAD_ID + number}
    ids = {"customer_id": FIRST_CUSTOMER_ID + number, "login": FIRST_LOGIN + 7 * number}
    return ids | zone


def _rights(desk: DemoDesk, manager_id: int) -> tuple[str, SessionType]:
    if manager_id == desk.first_id:
        return "*", SessionType.SESSION_CRM_ADMIN
    return desk.code, SessionType.SESSION_CRM_MANAGER
