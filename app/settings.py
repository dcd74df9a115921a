"""Limits and defaults, read once from the environment: EXPLORER_MAX_UNITS=64 and so on; and where the files lie."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import (
    AfterValidator,
    AliasChoices,
    BeforeValidator,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    SecretStr,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.limits import Limits, StoreLimits

HOST_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
PUBLIC_URL = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*")
PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")
STORE = re.compile(
    r"rediss?://([^\s/@]*@)?([\w.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[0-9]*)?(\?\S*)?|unix://([^\s/@]*@)?/\S+"
)
HTTPS_ORIGIN = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?")


LOOPBACK = ("127.0.0.1", "::1", "localhost")
UNNAMED_PROXY = (
    "FORWARDED_ALLOW_IPS names no proxy, so all who come through one count as one visitor, and as coming by plain "
    "http. Name it, such as FORWARDED_ALLOW_IPS=127.0.0.1."
)


def from_environment(name: str) -> AliasChoices:
    """Read from EXPLORER_NAME or, as servers behind a proxy call it, from NAME; as an argument by its own name."""
    return AliasChoices(f"EXPLORER_{name.upper()}", name.upper(), name)


def _listed(given: Any) -> Any:
    return tuple(given.lower().replace(",", " ").split()) if isinstance(given, str) else given


def _host_name(name: str) -> str:
    if HOST_NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is not a host name; write it without scheme, port and *, such as class.example.org")
    return name


def _https_origin(origin: str) -> str:
    if HTTPS_ORIGIN.fullmatch(origin) is None:
        raise ValueError(f"{origin!r} is not an exact https origin; write it such as https://school.example.org")
    return origin


def _prefix(path: str) -> str:
    if PREFIX.fullmatch(path.rstrip("/")) is None:
        raise ValueError(f"{path!r} is not a path; write it such as /explorer")
    return path.rstrip("/")


def _public_url(url: str) -> str:
    if url and PUBLIC_URL.fullmatch(url.rstrip("/")) is None:
        raise ValueError(f"{url!r} is not an address; write it such as http://192.168.1.20:8000")
    return url.rstrip("/")


def _store(address: SecretStr) -> SecretStr:
    if address.get_secret_value() and STORE.fullmatch(address.get_secret_value()) is None:
        raise ValueError("it is not the address of a Redis; write it such as redis://:PASSWORD@127.0.0.1:6379/0")
    return address


def _proxy(address: str) -> str:
    if address != "*":
        try:
            ip_network(address)
        except ValueError as error:
            raise ValueError(
                f"{address!r} is not an address in numbers; write it such as 127.0.0.1 or 10.0.0.0/8"
            ) from error
    return address


HostNames = Annotated[tuple[Annotated[str, AfterValidator(_host_name)], ...], NoDecode, BeforeValidator(_listed)]
Origins = Annotated[tuple[Annotated[str, AfterValidator(_https_origin)], ...], NoDecode, BeforeValidator(_listed)]
Prefix = Annotated[str, AfterValidator(_prefix)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
StoreAddress = Annotated[SecretStr, AfterValidator(_store)]
Proxies = Annotated[tuple[Annotated[str, AfterValidator(_proxy)], ...], NoDecode, BeforeValidator(_listed)]


class Settings(Limits, StoreLimits, BaseSettings):
    """Every limit has a name here or, where it bounds a setup or a store, in app/limits.py; the error that it causes
    says its value.

    Raises pydantic.ValidationError where the environment holds a value that cannot be.
    """

    model_config = SettingsConfigDict(env_prefix="EXPLORER_", frozen=True, hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)  # 0: any free one
    data_directory: Path = Field(default_factory=lambda: user_data_path("backprop-explorer"))
    # A Redis or Valkey in the directory's place, which several machines may share.
    store: StoreAddress = SecretStr("")
    min_free_megabytes: NonNegativeFloat = 50  # on the data directory's disk, or the program does not start

    cache_megabytes: PositiveFloat = 40  # of what is worked out and kept for the next click, all together

    # Besides localhost and addresses in numbers.
    allowed_hosts: HostNames = Field(default=(), validation_alias=from_environment("allowed_hosts"))
    # Those that may show the program in a frame.
    frame_ancestors: Origins = Field(default=(), validation_alias=from_environment("frame_ancestors"))
    # The path below which a proxy shows the program.
    root_path: Prefix = Field(default="", validation_alias=from_environment("root_path"))
    public_url: PublicUrl = ""  # at which learners reach the program; found out where it is not set
    # Proxies whose X-Forwarded-For and -Proto are believed.
    forwarded_allow_ips: Proxies = Field(default=(), validation_alias=from_environment("forwarded_allow_ips"))

    workers: PositiveInt = 1  # processes that serve
    drain_seconds: NonNegativeFloat = 0.3  # from SIGTERM, when /readyz turns 503, until no more connections are taken
    metrics: bool = False  # /metrics for Prometheus
    telemetry: bool = False  # the framework's OpenTelemetry, set up by its own OTEL_ variables
    log_format: Literal["text", "json"] = "text"  # json: a line for each request too

    work_process: bool = True  # that computes what takes long beside the one that serves; else that one does
    work_megabytes: PositiveFloat = 100  # of memory; while it holds more, it works on few requests at a time
    work_threads: PositiveInt = 2  # in it
    work_queue: PositiveInt = 64  # long computations that may wait
    work_seconds: PositiveFloat = 15  # of computing for one request
    session_burst: PositiveInt = 20  # requests about one session at once; of one visitor for new sessions
    session_rate: PositiveFloat = 20.0  # and a second after that: as many as a training asks for pictures
    joining_burst: PositiveInt = 600  # new sessions from one address at once: a school behind one router
    joining_rate: PositiveFloat = 60.0  # and a second after that

    max_seats: PositiveInt = 1_000  # of one class, those that were removed among them
    stuck_minutes: PositiveFloat = 3  # after which the overview calls a learner stuck whose own walk stands still
    failed_codes_burst: PositiveInt = 30  # wrong codes of a class from one address at once
    failed_codes_rate: PositiveFloat = 0.5  # and a second after that

    client_seconds: PositiveFloat = 10  # that a client has to send a request, and to read an answer
    max_connections: PositiveInt = 4_000  # at once, to one process; beyond, those that do nothing are closed
    max_connection_bytes: PositiveInt = 16_000_000  # of requests and answers that one process has on their way
    max_header_bytes: PositiveInt = 16 * 1024
    max_body_bytes: PositiveInt = 64 * 1024
    max_iterations_per_request: PositiveInt = 10_000

    @property
    def place(self) -> tuple[str, Path, float]:
        """Where sessions are kept: the address of a Redis or nothing, the directory, and its space."""
        return self.store.get_secret_value(), self.data_directory, self.min_free_megabytes

    @property
    def is_behind_an_unnamed_proxy(self) -> bool:
        """Whether only a proxy on this machine can make use of what is set, and none is named."""
        of_a_site = bool(self.allowed_hosts or self.root_path)
        return of_a_site and self.host in LOOPBACK and not self.forwarded_allow_ips


PACKAGE = Path(__file__).resolve().parent


def folder(name: str, package: Path = PACKAGE) -> Path:
    """The folder `name` that belongs to the program; a wheel carries its own."""
    inside = package / name
    return inside if inside.is_dir() else package.parent / name


STATIC = folder("static")
TEMPLATES = folder("templates")
