"""Between the page and the server: requests of one command are held, passed on, or refused."""

from playwright.sync_api import Page, WebSocketRoute

from web.served import OpenPage, Served


class Gate:
    """Holds what the page asks by one command, alone or in a batch, until it is opened."""

    def __init__(self, command: str) -> None:
        self._command = f'"{command}"'
        self._is_open = False
        self._pages: list[WebSocketRoute] = []
        self.held: list[tuple[WebSocketRoute, WebSocketRoute, str]] = []
        """Page, server and message."""

    def take(self, page: WebSocketRoute) -> None:
        """A connection of the page."""
        self._pages.append(page)
        server = page.connect_to_server()

        def forward(message: str | bytes) -> None:
            if self._is_open or self._command not in str(message):
                return server.send(message)
            return self.held.append((page, server, str(message)))

        page.on_message(forward)

    def holds(self, page: Page) -> bool:
        """Whether something is held. The handlers of Playwright run while the page is asked."""
        page.title()
        return bool(self.held)

    def answer(self, text: str) -> None:
        """Answers what is held in place of the server; `text`: what follows the extID."""
        for page, _, message in self.held:
            ext_id = message.split('"extID":"')[1].split('"')[0]
            page.send(f'{{"extID":"{ext_id}",{text}}}')
        self.held = []

    def shut(self) -> None:
        """Ends the connections of the page; what it asks by the command from now on is held."""
        self._is_open = False
        ended, self._pages = self._pages, []
        for page in ended:
            page.close()

    def close(self) -> None:
        """What is asked by the command from now on is held."""
        self._is_open = False

    def open(self) -> None:
        """What is held goes to the server, and what comes."""
        self._is_open = True
        for _, server, message in self.held:
            server.send(message)
        self.held = []


EXPIRED = '"status":401,"error":{"code":"UNAUTHORIZED","message":"__token has expired"}'
"""What a server answers whose token is too old."""
UNAVAILABLE = '"status":503,"error":{"code":"UNAVAILABLE","message":"The store is away."}'
"""What a server answers whose database is away."""


IDLE = "() => new Promise((done) => requestIdleCallback(() => requestIdleCallback(done)))"
"""Once the page has done what it was about to do."""


def opened_at(gate: Gate, open_page: OpenPage, served: Served, query: str) -> Page:
    """The page, signed in, with the gate between. It has its zones, after which it lists again."""
    page = open_page(signed_in=False)
    page.route_web_socket("**", gate.take)
    with page.expect_response("**/zones.json") as zones:
        page.goto(served.address(query))
    zones.value.finished()
    page.evaluate(IDLE)
    return page
