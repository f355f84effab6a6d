"""Requests to services of metadata and for their pictures: where the services are, through which proxy, and that
nothing else on a private network is reached."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Annotated
from urllib.parse import urlsplit

import httpx2
from pydantic import AfterValidator, AliasChoices, BeforeValidator, Field, SecretStr

from kyoo.core.kinds import WebUrl, web_url
from kyoo.core.public_internet import PublicOnly, is_public
from kyoo.core.settings import Settings


def _proxy(secret: SecretStr) -> SecretStr:
    value = secret.get_secret_value()
    try:
        parts = urlsplit(value)
        known = parts.scheme in ("http", "https", "socks5", "socks5h") and bool(parts.hostname) and parts.port != 0
        usable = known and not (parts.path.strip("/") or parts.query or parts.fragment)
    except ValueError:
        usable = False
    if not usable or not value.isascii() or len(value.split()) != 1:
        raise ValueError("must be the address of a proxy, such as http://proxy.example:3128 or socks5://127.0.0.1:1080")
    return secret


def _by_language(url: str) -> str:
    """An address in which `{lang}` may stand for a language."""
    web_url(url.replace("{lang}", "en"))
    return url.rstrip("/")


def _hosts(value: object) -> object:
    return tuple(part.strip().lower() for part in value.split(",")) if isinstance(value, str) else value


def _known_hosts(hosts: tuple[str, ...]) -> tuple[str, ...]:
    if not all(host == "*" or HOST.fullmatch(host.removeprefix("*.")) for host in hosts):
        raise ValueError("must be names of hosts, separated by commas, such as image.tmdb.org,*.anilist.co")
    return hosts


#: What a name of a host of the public internet can be.
HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?")
PictureHosts = Annotated[tuple[str, ...], BeforeValidator(_hosts), AfterValidator(_known_hosts)]
#: May hold a user and a password.
ProxyUrl = Annotated[SecretStr, AfterValidator(_proxy)]
UrlByLanguage = Annotated[str, AfterValidator(_by_language)]


class OutsideSettings(Settings):
    """The base addresses of the services, the version of their interface included; they may be private ones."""

    proxy: ProxyUrl | None = Field(default=None, validation_alias=AliasChoices("KYOO_METADATA_PROXY"))
    tmdb_url: WebUrl = Field(default="https://api.themoviedb.org/3", validation_alias=AliasChoices("KYOO_TMDB_URL"))
    #: A size and a path follow (`/original/x.jpg`).
    tmdb_image_url: WebUrl = Field(
        default="https://image.tmdb.org/t/p", validation_alias=AliasChoices("KYOO_TMDB_IMAGE_URL")
    )
    tvdb_url: WebUrl = Field(default="https://api4.thetvdb.com/v4", validation_alias=AliasChoices("KYOO_TVDB_URL"))
    #: A path follows (`/banners/x.jpg`).
    tvdb_image_url: WebUrl = Field(
        default="https://artworks.thetvdb.com", validation_alias=AliasChoices("KYOO_TVDB_IMAGE_URL")
    )
    anilist_url: WebUrl = Field(default="https://graphql.anilist.co", validation_alias=AliasChoices("KYOO_ANILIST_URL"))
    tvmaze_url: WebUrl = Field(default="https://api.tvmaze.com", validation_alias=AliasChoices("KYOO_TVMAZE_URL"))
    wikidata_url: WebUrl = Field(default="https://www.wikidata.org", validation_alias=AliasChoices("KYOO_WIKIDATA_URL"))
    wikipedia_url: UrlByLanguage = Field(
        default="https://{lang}.wikipedia.org", validation_alias=AliasChoices("KYOO_WIKIPEDIA_URL")
    )

    #: Where the services have their pictures. `*.` stands for any name in front, `*` for every host.
    picture_hosts: PictureHosts = Field(
        default=("image.tmdb.org", "artworks.thetvdb.com", "*.anilist.co", "static.tvmaze.com", "*.wikimedia.org"),
        validation_alias=AliasChoices("KYOO_PICTURE_HOSTS"),
    )

    def has_pictures(self, url: str) -> bool:
        """Whether a service can mean this picture: it is at one of their hosts, or at an address the operator set."""
        try:
            found = httpx2.URL(url)
            _, host, _ = origin = _origin(found)
        except httpx2.InvalidURL:
            return False
        named = any(
            known in (host, "*") or (known.startswith("*.") and host.endswith(known[1:]))
            for known in self.picture_hosts
        )
        return origin in self.configured or (named and found.scheme in ("http", "https"))

    @property
    def configured(self) -> set[tuple[str, str, int]]:
        """(scheme, host, port) of every address that the operator has set."""
        urls = [
            value
            for name in type(self).model_fields
            if name.endswith("_url") and name in self.model_fields_set and isinstance(value := getattr(self, name), str)
        ]
        # `{lang}.wiki.example` is any name in front of wiki.example.
        return {_origin(httpx2.URL(url.replace("{lang}", ANY_LANGUAGE))) for url in urls}


#: What the last part of a host is that is an address.
NUMERIC = re.compile(r"0x[0-9a-f]*|[0-9]+")
#: What names end with that are known in one network only.
LOCAL = (".local", ".localhost", ".internal", ".lan", ".home.arpa")

#: Stands for a language in a host.
ANY_LANGUAGE = "any-language"


def _origin(url: httpx2.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


class Outside(httpx2.AsyncBaseTransport):
    """Reaches the addresses that the operator has set as they are, and all others on the public internet only; through
    the proxy if there is one, but for what is on this machine or in its network."""

    def __init__(self, configured: Iterable[tuple[str, str, int]] = (), proxy: str | None = None) -> None:
        self._configured = frozenset(configured)
        self._proxy = proxy
        # Made when they are needed: each reads the certificates of the system.
        self._made: dict[str, httpx2.AsyncBaseTransport] = {}

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._way(request).handle_async_request(request)

    def _way(self, request: httpx2.Request) -> httpx2.AsyncBaseTransport:
        url = request.url
        if self._proxy is not None and not _is_private(url.host):
            # The proxy finds the address: here the name may lead nowhere, or to somebody who blocks it.
            if url.scheme not in ("http", "https"):
                raise httpx2.UnsupportedProtocol("Only http and https are fetched", request=request)
            return self._transport("proxied")
        scheme, host, port = _origin(url)
        names = (host, f"{ANY_LANGUAGE}.{host.partition('.')[2]}")
        is_configured = any((scheme, name, port) in self._configured for name in names)
        return self._transport("direct" if is_configured else "public")

    def _transport(self, way: str) -> httpx2.AsyncBaseTransport:
        if way not in self._made:
            proxy = self._proxy if way == "proxied" else None
            self._made[way] = (
                PublicOnly() if way == "public" else httpx2.AsyncHTTPTransport(trust_env=False, proxy=proxy)
            )
        return self._made[way]

    async def aclose(self) -> None:
        for transport in self._made.values():
            await transport.aclose()


def _is_private(host: str) -> bool:
    """An address that is not public, in whatever spelling, or a name that only this network knows."""
    name = host.lower().rstrip(".")
    try:
        return not is_public(str(ipaddress.ip_address(name)))
    except ValueError:
        *above, top = name.split(".")
        # 127.1 and 0x7f.0.0.1 are no names: no domain at the top is a number, and a proxy may take them for addresses.
        return not above or NUMERIC.fullmatch(top) is not None or name.endswith(LOCAL)


def outside_transport(settings: OutsideSettings) -> Outside:
    return Outside(settings.configured, settings.proxy.get_secret_value() if settings.proxy else None)
