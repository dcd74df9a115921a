"""The API's documentation as a page: OpenAPI's own words, in the order of the way through the program."""

from dataclasses import dataclass
from typing import Any

OpenApi = dict[str, Any]
PROBLEMS = (
    ("invalid", 422, "A field does not fit. errors names each field, its bound and the remedy."),
    ("request", 404, "There is nothing here, or the request is not taken (400, 403, 404, 405, 413, 415, 421)."),
    ("read-only", 403, "The id is one to look by. Nothing was changed; change the session by its own id."),
    ("unknown-session", 404, "No such session: deleted, under another id, or untouched for too long. Start a new one."),
    ("diverged", 409, "The numbers would grow beyond what a number can hold. Nothing was changed; go back."),
    ("not-yet", 409, "What is asked for would tell what the learner is to find out. Find it first."),
    ("stale", 412, "The rev that was sent is old. Nothing was changed; state holds the session as it stands."),
    ("too-fast", 429, "Too much was asked for at once. Wait as many seconds as Retry-After says, then go on."),
    ("busy", 503, "The server is busy. Nothing was changed; try again after as many seconds as Retry-After says."),
    ("store-away", 503, "The server's Redis is away. Try again after as many seconds as Retry-After says."),
    ("store-full", 507, "The server keeps as many walks as it may. Those that are there go on; a new one waits."),
    ("not-writable", 507, "The server's disk takes nothing more. Nothing was changed; walks can be looked at."),
    ("unknown-class", 404, "No class has this code, or it is over. Wrong codes are counted: too many at once get 429."),
    ("no-key", 401, "The key opens nothing in this class, or there is none. Send it as Authorization: Bearer KEY."),
    ("may-not", 403, "The key is one of the class's, but not one for this."),
    (
        "class",
        409,
        "As the class stands, that cannot be done: it is locked, or no answers are taken. Nothing was changed.",
    ),
    ("failed", 500, "The program met a case that it does not know. The session is kept as it was."),
)


@dataclass(frozen=True)
class Field:
    """One field of a body: its name, its type in words, whether it must be given, and what it means."""

    name: str
    type: str
    required: bool
    meaning: str


@dataclass(frozen=True)
class Schema:
    """One kind of JSON object; `id` is its place on the page."""

    id: str
    name: str
    meaning: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Operation:
    """One method at one address."""

    id: str
    method: str
    path: str
    meaning: str
    takes: str
    gives: str
    statuses: str


@dataclass(frozen=True)
class ApiDocsPage:
    """The whole documentation; `problems` are kind, status and meaning of all that the API may answer."""

    title: str
    description: str
    operations: tuple[Operation, ...]
    schemas: tuple[Schema, ...]
    problems: tuple[tuple[str, int, str], ...]


def api_docs(openapi: OpenApi) -> ApiDocsPage:
    """The page of an OpenAPI document."""
    operations, schemas = [], []
    for path, methods in sorted(openapi["paths"].items()):
        for method, told in methods.items():
            body = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            operation = Operation(
                id=told["operationId"],
                method=method.upper(),
                path=path,
                meaning=told.get("description", ""),
                takes=type_of(body.get("schema", {})) if body else "",
                gives=_given(told["responses"]),
                statuses=", ".join(sorted(told["responses"])),
            )
            operations.append(operation)
    for name, schema in openapi["components"]["schemas"].items():
        required = schema.get("required", ())
        fields = (
            Field(field, type_of(told), field in required, told.get("description", ""))
            for field, told in schema.get("properties", {}).items()
        )
        schemas.append(Schema(f"schema-{name}", name, schema.get("description", ""), tuple(fields)))
    return ApiDocsPage("API", openapi["info"]["description"], tuple(operations), tuple(schemas), PROBLEMS)


def _given(responses: OpenApi) -> str:
    """What an operation answers: its JSON in a few words, anything else by its media type."""
    for status, response in responses.items():
        if status.startswith("2"):
            content = response.get("content", {})
            json = content.get("application/json")
            return type_of(json.get("schema", {})) if json is not None else ", ".join(content)
    return ""


def type_of(schema: OpenApi) -> str:
    """A JSON schema in a few words: "list of number", "State or null", "one of: W, b"."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    either = schema.get("anyOf") or schema.get("oneOf")
    if "const" in schema and not either:
        return str(schema["const"])
    if schema.get("type") == "array" and not either:
        return f"list of {type_of(schema.get('items', {}))}"
    words = " or ".join(map(type_of, either)) if either else str(schema.get("type", "anything"))
    return f"{words}, one of: {', '.join(map(str, schema['enum']))}" if "enum" in schema else words
