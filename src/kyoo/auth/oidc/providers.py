"""Every provider that one can log in with: those of the configuration, and other instances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import structlog
from cachetools import LRUCache
from pydantic import SecretStr

from kyoo.auth.oidc.config import FEDERATION, OidcConfig
from kyoo.auth.oidc.provider import Provider
from kyoo.auth.oidc.redirects import LOCAL_HOSTS, origin_of
from kyoo.auth.oidc.requests import Outside
from kyoo.core.errors import NotFoundError

log = structlog.get_logger()

#: Stands for every instance of the public internet.
ANY = "*"
REMEMBERED = 64


def instance_id(origin: str) -> str:
    """What an instance is called: its host, and its port when that is not the scheme's."""
    return urlsplit(origin).netloc.lower()


class Providers:
    """Instances in `accepted` are providers like others, named by their host; with `*` any other can be named by the
    `tenant` of a login, too."""

    def __init__(
        self, configs: Mapping[str, OidcConfig], accepted: Iterable[str], outside: Outside, *, public_url: str
    ) -> None:
        self._outside = outside
        self._public_url = public_url
        self.any_instance = ANY in accepted
        self._configured = {name: Provider(name, config, outside.configured) for name, config in configs.items()}
        for name, config in configs.items():
            if not config.vouched:
                log.warning(
                    "id_tokens of this provider cannot be trusted and are not read: its _TOKEN is not https; give its "
                    "_ISSUER or _JWKS",
                    provider=name,
                )
        if (configs or accepted) and urlsplit(public_url).hostname in LOCAL_HOSTS:
            log.warning("logins at providers lead back to this machine only; set PUBLIC_URL", public_url=public_url)
        for origin in accepted:
            if origin != ANY:
                name = instance_id(origin)
                self._configured[name] = Provider(name, self._instance(origin), outside.configured, is_instance=True)
        self._instances = {name: provider for name, provider in self._configured.items() if name not in configs}
        self._strangers: LRUCache[str, Provider] = LRUCache(REMEMBERED)

    def shown(self) -> dict[str, OidcConfig]:
        """Those that a login page can offer, by id."""
        return {name: provider.config for name, provider in self._configured.items()}

    def offers(self, name: str) -> bool:
        """Whether one can log in with what a link names: it may be configured no more."""
        return name in self._configured or self.any_instance

    def find(self, path: str, tenant: str) -> Provider:
        """The provider that a route names, `path` in any case. Raises NotFoundError."""
        if path.lower() == FEDERATION:
            found = self._instance_of(tenant.strip())
            problem = "This is not the address of a server whose users can log in here"
        else:
            found, problem = self._configured.get(path.lower()), "No such provider"
        if found is None:
            raise NotFoundError(problem)
        return found

    def _instance_of(self, tenant: str) -> Provider | None:
        """The instance at the origin `tenant`; its host alone stands for https."""
        origin = (tenant if "://" in tenant else f"https://{tenant}").rstrip("/")
        if origin_of(origin) is None or urlsplit(origin).path or urlsplit(origin).query:
            return None
        name = instance_id(origin)
        listed = self._instances.get(name)
        if listed is not None:
            return listed if listed.config.issuer == origin else None
        if not self.any_instance or not origin.startswith("https://") or name in self._configured:
            return None
        if name not in self._strangers:
            self._strangers[name] = Provider(name, self._instance(origin), self._outside.public, is_instance=True)
        return self._strangers[name]

    def _instance(self, origin: str) -> OidcConfig:
        """An instance knows us by our address and needs no secret of ours (docs/decisions/0010-federation.md)."""
        return OidcConfig(name=instance_id(origin), client_id=self._public_url, secret=SecretStr(""), issuer=origin)
