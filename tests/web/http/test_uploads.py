"""Forms with files as no browser sends them: each gets the page or is told why not, and none breaks anything."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.web.talk import FORM, begin, read

END = b"--x--\r\n"
MULTIPART = {"content-type": "multipart/form-data; boundary=x"}
TABLE = b"a,b\n1,2\n3,4\n"


def part(name: bytes, content: bytes = b"1", filename: bytes | None = None, more: bytes = b"") -> bytes:
    """One field of a form, or a file with the name that it has at the learner's."""
    file = b"" if filename is None else b'; filename="%s"' % filename
    return b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n%s\r\n%s\r\n' % (name, file, more, content)


def file(filename: bytes) -> bytes:
    return part(b"file", TABLE, filename)


TOLD: dict[str, bytes] = {  # what nobody sends
    "too many fields": b"".join(part(b"field%d" % i) for i in range(500)) + END,
    "ten thousand fields": part(b"a") * 10_000 + END,
    "two files": file(b"a.csv") + file(b"b.csv") + END,
    "a thousand files": file(b"a.csv") * 1000 + END,
    "a line end in a file's name": file(b"a\r.csv") + END,
    "a very long name of a file": file(b"a" * 20_000) + END,
    "a very long header": part(b"a", more=b"X: " + b"y" * 30_000 + b"\r\n") + END,
    "very many headers": part(b"a", more=b"X: y\r\n" * 3000) + END,
    "a part without a name": b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n" + END,
    "a part that says nothing": b"--x\r\nX: y\r\n\r\n1\r\n" + END,
    "another boundary": part(b"a").replace(b"--x", b"--y"),
}
TAKEN: dict[str, bytes] = {  # strange, but it can be read
    "control characters in a file's name": file(b"zebra\x00\x07\x1b\x7f.csv") + END,
    "a file's name that is no text": file(b"zebra\xff\xfe\xe2\x80\xae.csv") + END,
    "a file's name that leads elsewhere": file(b"../../zebra") + END,
    "a field's name that is no text": part(b"zebra\xff\xfe\x00\n") + END,
    "a value that is no text": part(b"units-1", b"\xff\xfe\x00\xed") + END,
    "a field without a name": part(b"") + END,
    "an encoding of its own": part(b"_charset_", b"zebra")
    + part(b"a", more=b"Content-Transfer-Encoding: zebra\r\n")
    + END,
    "an end that is missing": part(b"a"),
}


@pytest.mark.parametrize("case", TOLD)
def test_a_form_that_nobody_sends_is_refused_in_words(client: TestClient, case: str) -> None:
    response = client.post("/build", content=TOLD[case], headers=MULTIPART)
    assert response.status_code == 422
    assert "The form cannot be read" in response.text


@pytest.mark.parametrize("case", TAKEN)
def test_a_strange_form_gets_the_page_and_nothing_of_its_names(client: TestClient, case: str) -> None:
    response = client.post("/build", content=TAKEN[case], headers=MULTIPART)
    assert response.status_code == 200
    assert "zebra" not in response.text


@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data", "multipart/form-data; boundary=", f"multipart/form-data; boundary={'x' * 5000}",
     'multipart/form-data; boundary="\x01\x7f"', "multipart/form-data; boundary=\xff\xfe"],
)  # fmt: skip
def test_a_form_without_a_boundary_of_its_own_is_refused(client: TestClient, kind: str) -> None:
    headers = [(b"content-type", kind.encode("latin-1"))]
    assert client.post("/build", content=file(b"a.csv") + END, headers=headers).status_code == 422


@pytest.mark.parametrize("kind", ["", "application/json", "application/octet-stream", "text/xml", "Multipart/X"])
def test_what_is_no_form_is_one_without_fields(client: TestClient, kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    response = client.post("/build", content=b'\x00\x01<zebra/>{"zebra":1}', headers=headers)
    assert response.status_code == 200
    assert "zebra" not in response.text


def pieces(body: bytes) -> Iterator[bytes]:
    """In chunks, its length not announced."""
    return (body[i : i + 65_536] for i in range(0, len(body), 65_536))


@pytest.mark.parametrize("kind", [MULTIPART, FORM])
def test_a_form_beyond_the_limit_is_refused_whether_or_not_it_says_its_length(
    client: TestClient, kind: dict[str, str]
) -> None:
    body = part(b"table", b"9" * 2_200_000) + END
    for content in (body, pieces(body)):
        assert client.post("/build", content=content, headers=kind).status_code == 413


@pytest.mark.parametrize("verb", ["edit", "undo", "run", "run/on", "run/pause", "run/stop", "fork"])
def test_a_verb_takes_no_body_that_is_no_form_and_none_that_is_too_large(client: TestClient, verb: str) -> None:
    state = begin(client)
    path = f"/sessions/{state['id']}/{verb}"
    for content, kind in (
        (b"\xff\x00", "application/octet-stream"),
        (b'{"a":1}', "application/json"),
        (b"<a/>", "\x01"),
    ):
        assert client.post(path, content=content, headers={"content-type": kind}).status_code in (303, 422)
    many = "&".join(f"field{i}=1" for i in range(41))
    assert client.post(path, content=many, headers=FORM).status_code == 422
    for body in (b"a" * 65_537, pieces(b"a" * 65_537)):
        assert client.post(path, content=body, headers=FORM).status_code == 413
    assert read(client, state)["iteration"] == 0


@pytest.mark.parametrize(
    "charset",
    ["undefined", "idna", "punycode", "utf-7", "unicode_escape", "raw_unicode_escape", "utf-16", "rot13", "zebra", '""',
     "hex", "utf_16_be_\x00", "latin-1"],
)  # fmt: skip
@pytest.mark.parametrize("body", [part(b"units-1", b"\\ud800+2AA-\xff"), part(b"\xffa-"), file(b"\xff\\ud800.csv")])
@pytest.mark.parametrize("said", ["charset={}", 'charset="{}"', "CHARSET = {}"])
def test_a_form_in_another_character_set_than_utf_8_is_refused_in_words(
    client: TestClient, charset: str, body: bytes, said: str
) -> None:
    headers = [(b"content-type", f"multipart/form-data; boundary=x; {said.format(charset)}".encode("latin-1"))]
    response = client.post("/build", content=body + END, headers=headers)
    assert response.status_code == 422
    assert "Send it as UTF-8" in response.text


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", '"utf-8"'])
def test_a_form_that_calls_itself_utf_8_is_read(client: TestClient, charset: str) -> None:
    headers = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
    assert client.post("/build", content=file(b"a.csv") + END, headers=headers).status_code == 200
