"""Alerts published to an MQTT broker (the `mqtt` extra)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from kikimimi.errors import ConfigError
from kikimimi.listening.actions.registry import register
from kikimimi.listening.actions.secrets_of import secret
from kikimimi.listening.actions.texts import filled
from kikimimi.listening.contract import Action, RefusedError, TemporaryError
from kikimimi.types import Clip


@register("mqtt")
@dataclass
class MqttAction(Action):
    """Publishes each alert as JSON, until the broker has acknowledged it (quality of service 1).

    Attributes:
        host: of the broker.
        topic: `{rule}` and other keys of an alert stand for their values.
        port: of the broker; 8883 is usual with `tls`.
        username: if the broker wants one.
        password: `$NAME` is taken from the environment.
        tls: whether the connection is encrypted, the broker's certificate checked.
        retain: whether the broker keeps the last alert for those who come later.
        timeout_s: for connecting, and again for the acknowledgement.

    Raises:
        ConfigError: paho-mqtt is not installed, or a value is impossible.
    """

    durable = True

    host: str
    topic: str = "kikimimi/{rule}"
    port: int = 1883
    username: str | None = None
    password: str | None = None
    tls: bool = False
    retain: bool = False
    timeout_s: float = 10.0
    _client: Any = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        checks = {
            "host must name the broker": bool(self.host.strip()),
            "topic must be a topic without + and #": bool(self.topic)
            and not {"+", "#", "\0"} & set(self.topic),
            "port lies between 1 and 65535": 1 <= self.port <= 65535,
            "timeout_s must be over 0": self.timeout_s > 0,
            "a password needs a username": self.password is None or self.username is not None,
        }
        for rule, holds in checks.items():
            if not holds:
                raise ConfigError(rule)
        try:
            self._mqtt = import_module("paho.mqtt.client")
        except ImportError as error:
            raise ConfigError(
                'MQTT needs paho-mqtt; install it with: pip install "kikimimi[mqtt]"'
            ) from error
        if self.password is not None:
            self._secret: str | None = secret(self.password, what="password")
        else:
            self._secret = None

    def deliver(self, alert: Mapping[str, Any], audio: Clip | None) -> None:
        """Publish it, and wait for the acknowledgement."""
        topic = filled(self.topic, {key: _level(value) for key, value in alert.items()})
        body = json.dumps(dict(alert), ensure_ascii=False).encode()
        try:
            client = self._connected()
            sent = client.publish(topic, body, qos=1, retain=self.retain)
            sent.wait_for_publish(self.timeout_s)
            is_there = sent.is_published()
        except ValueError as error:
            raise RefusedError(f"broker {self.host}: {error}") from error
        except (OSError, RuntimeError) as error:
            self.close()
            reason = getattr(error, "strerror", None) or error
            raise TemporaryError(f"broker {self.host} cannot be reached ({reason})") from error
        if not is_there:
            self.close()
            raise TemporaryError(f"broker {self.host} did not acknowledge")

    def close(self) -> None:
        """Leave the broker."""
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()

    def _connected(self) -> Any:
        """The client, connected anew where the connection was lost."""
        if self._client is not None and self._client.is_connected():
            return self._client
        self.close()
        mqtt = self._mqtt
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        client.connect_timeout = self.timeout_s
        if self.username is not None:
            client.username_pw_set(self.username, self._secret)
        if self.tls:
            client.tls_set()
        client.connect(self.host, self.port, keepalive=30)
        self._client = client
        client.loop_start()
        return client


def _level(value: Any) -> Any:
    """A value as a level of a topic: what has a meaning in topics is left out."""
    if not isinstance(value, str):
        return value
    return "".join("_" if character in "+#/\0" else character for character in value)
