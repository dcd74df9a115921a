"""Pages read as a browser reads them."""

from bs4 import BeautifulSoup
from starlette.testclient import TestClient


def soup(client: TestClient, address: str, **headers: str) -> BeautifulSoup:
    """The page at an address, which must be there."""
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.text
    return BeautifulSoup(response.text, "html5lib")


def words(page: BeautifulSoup, selector: str) -> str:
    """The words of the first element of a kind, which must be there."""
    found = page.select_one(selector)
    assert found is not None, selector
    return " ".join(found.text.split())
