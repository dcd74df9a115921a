"""What every answer carries, errors included. Pure ASGI: it costs a few microseconds."""

from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
NEVER_NEEDED = (
    "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "publickey-credentials-get", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{name}=()" for name in NEVER_NEEDED).encode()),
)
NO_STORE = (b"cache-control", b"no-store")


class Security:
    """Adds the security headers to every answer, and `no-store` where the answer says nothing of caching.

    `ancestors` are the origins whose pages may show ours in a frame; none where it is empty.
    """

    def __init__(self, app: ASGIApp, ancestors: Sequence[str] = ()) -> None:
        self.app = app
        policy = CONTENT_SECURITY_POLICY + (" ".join(ancestors) or "'none'")
        self._headers = ((b"content-security-policy", policy.encode()), *HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                kept = (NO_STORE,) if b"cache-control" not in dict(headers) else ()
                message["headers"] = [*headers, *self._headers, *kept]
            await send(message)

        await self.app(scope, receive, secured)
