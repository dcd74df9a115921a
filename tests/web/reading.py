"""Pages read as a browser reads them."""

from bs4 import BeautifulSoup, Tag
from starlette.testclient import TestClient


def soup(client: TestClient, address: str, **headers: str) -> BeautifulSoup:
    """The page at an address, which must be there."""
    response = client.get(address, headers=headers)
    assert response.status_code == 200, response.text
    return BeautifulSoup(response.text, "html5lib")


def element(page: Tag, selector: str) -> Tag:
    """The first element of a kind, which must be there."""
    found = page.select_one(selector)
    assert found is not None, selector
    return found


def words(page: Tag, selector: str) -> str:
    """The words of the first element of a kind, which must be there."""
    return " ".join(element(page, selector).text.split())


def revision(client: TestClient, address: str) -> str:
    """The revision that the forms of a walk's page are made for."""
    return str(element(soup(client, address), "input[name=rev]")["value"])
