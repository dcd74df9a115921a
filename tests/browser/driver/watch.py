"""What a page must never do, noted while it is driven: log an error, break the content policy, ask another host."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

# Runs before the page's own scripts. `answers` counts finished requests of htmx, so that a test can wait for one.
PRELUDE = """
window.answers = 0;
document.addEventListener("htmx:finally:request", () => { window.answers += 1; });
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`Content-Security-Policy: ${event.violatedDirective} forbids ${event.blockedURI}`));
"""
ERROR_PAGE = "Failed to load resource: the server responded with a status of"


@dataclass
class Watch:
    """The faults of one page; a test that opens an error page on purpose names its status in `statuses`."""

    host: str
    statuses: tuple[int, ...] = ()
    faults: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Listen to the page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"error in the page: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        expected = any(message.text.startswith(f"{ERROR_PAGE} {status}") for status in self.statuses)
        if message.type in ("error", "warning") and not expected:
            self.faults.append(f"{message.type} in the console: {message.text}")

    def _request(self, request: Request) -> None:
        if urlsplit(request.url).netloc != self.host:
            self.faults.append(f"request to another host: {request.url}")
