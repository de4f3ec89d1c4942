"""The secrets of an instance, made once at its first start."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from joserfc.jwk import ECKey, KeySet

from deploy.layout import SERVICES, Layout
from deploy.refusal import Refused

SECRET_BYTES = 32
ROLES = ("owner", "app", "worker")


@dataclass(frozen=True)
class Keys:
    """Passwords of the database roles, and the hex keys of phone look-up and file encryption."""

    superuser: str
    roles: dict[str, str]
    phone: str
    file: str


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody else may read, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def make_keys(layout: Layout) -> None:
    """Make every secret of a new instance: passwords, look-up and file keys, the token issuer's key."""
    layout.keys.mkdir(mode=0o700, exist_ok=True)
    issuer = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, private=True, auto_kid=True)
    write_private(layout.keys / "issuer.json", json.dumps(issuer.as_dict(private=True)))
    public = KeySet([issuer]).as_dict(private=False)
    write_private(layout.keys / "jwks.json", json.dumps(public))
    roles = {
        f"{s.database}_{role}": secrets.token_hex(SECRET_BYTES) for s in SERVICES.values() for role in ROLES
    }
    keys = Keys(
        superuser=secrets.token_hex(SECRET_BYTES),
        roles=roles,
        phone=secrets.token_hex(SECRET_BYTES),
        file=secrets.token_hex(SECRET_BYTES),
    )
    write_private(layout.keys / "secrets.json", json.dumps(asdict(keys)))


def read_keys(layout: Layout) -> Keys:
    """Read the secrets back; refuses a folder that has lost them, since its data cannot be read without."""
    path = layout.keys / "secrets.json"
    try:
        keys = Keys(**json.loads(path.read_text(encoding="utf-8")))
        for name in ("issuer.json", "jwks.json"):
            json.loads((layout.keys / name).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError, TypeError) as error:
        raise Refused(
            f"数据目录 {layout.data} 已损坏:密钥丢失或无法读取({layout.keys})。"
            "请从备份恢复,或用 make reset 清空重来。",
            f"The data folder {layout.data} is broken: its keys are missing or unreadable ({layout.keys}). "
            "Restore them from a backup, or begin anew with make reset.",
        ) from error
    return keys
