"""Two tabs of one manager: what is done in one is so in the other, too."""

from playwright.sync_api import Page, WebSocketRoute, expect

from web.served import OpenPage, Served, Wire, now


def test_the_colours_that_are_chosen_in_one_tab_are_those_of_the_other(
    open_page: OpenPage, served: Served
) -> None:
    page = open_page("?view=agenda")
    other = page.context.new_page()
    other.goto(served.address("?view=agenda"))
    expect(other.locator("html")).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Dark colours").click()
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    other.get_by_role("button", name="Light colours").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


class Line:
    """The page's connection to the server, which can be cut for a while."""

    def __init__(self, page: Page) -> None:
        self._is_cut = False
        self._routes: list[WebSocketRoute] = []
        page.route_web_socket("**", self._take)

    def _take(self, route: WebSocketRoute) -> None:
        if self._is_cut:
            return route.close()
        self._routes.append(route)
        route.connect_to_server()

    def cut(self) -> None:
        self._is_cut = True
        for route in self._routes:
            route.close()

    def join(self) -> None:
        self._is_cut = False


def test_a_reminder_that_was_read_elsewhere_goes_when_the_connection_is_back(
    open_page: OpenPage, served: Served, wire: Wire
) -> None:
    for title in ("Read elsewhere", "Still unread"):
        wire.add(title=title, start_time=now() + 7200, remind_time=now() + 1)
    page = open_page(signed_in=False)
    line = Line(page)
    page.goto(served.address("?view=agenda"))
    read = page.get_by_role("button", name="Dismiss Read elsewhere")
    unread = page.get_by_role("button", name="Dismiss Still unread")
    expect(read).to_be_visible()
    expect(unread).to_be_visible()
    line.cut()
    lost = page.get_by_text("The connection is lost.")
    expect(lost).to_be_visible()
    listed = wire.call("MngGetCalendarReminders", state="unread")["reminders"]
    token = next(one["token"] for one in listed if one["event"]["title"] == "Read elsewhere")
    wire.call("MngAckCalendarReminder", token=token)
    line.join()
    expect(lost).to_have_count(0)
    expect(read).to_have_count(0)
    expect(unread).to_be_visible()
