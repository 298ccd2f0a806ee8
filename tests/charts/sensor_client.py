"""Measures, or reads what was measured, as the JSON on its standard input asks."""

import asyncio
import json
import ssl
import sys
import time

import nats
import paho.mqtt.client as mqtt
from nats.errors import Error
from nats.js.api import ConsumerConfig, DeliverPolicy

PATIENCE = 5


def publish(asked, told):
    """Numbers one after the other, each until it is acknowledged; what was, with its moment."""
    name = asked["user"]
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, name, protocol=mqtt.MQTTv311)
    client.username_pw_set(name, asked["password"])
    client.tls_set_context(ssl.create_default_context(cadata=asked["ca"]))
    client.reconnect_delay_set(1, 1)

    def came(_client, _given, _flags, reason, _properties):
        if reason.is_failure:
            told.append(str(reason))

    client.on_connect = came
    client.connect(asked["host"], asked["port"], keepalive=5)
    client.loop_start()
    end = time.time() + asked.get("seconds", 60)
    acknowledged = []
    for number in asked.get("numbers") or range(10**9):
        if not arrives(client, asked, number, lambda: not told and time.time() < end):
            break
        acknowledged.append([number, time.time()])
        time.sleep(asked.get("pause", 0))
    client.disconnect()
    client.loop_stop()
    return acknowledged


def arrives(client, asked, number, goes_on):
    """Whether a number is acknowledged; said without a connection, it is said again."""
    sent = None
    while goes_on():
        if sent is None and client.is_connected():
            one = client.publish(asked["topic"], str(number), qos=asked.get("quality", 1))
            sent = one if one.rc == mqtt.MQTT_ERR_SUCCESS else None
        elif sent and sent.is_published():
            return True
        time.sleep(0.005)
    return False


async def read(asked, told):
    """Every reading of one quantity, by the consumer that bears the reader's name."""

    async def complain(error):
        told.append(str(error))

    name = asked["user"]
    connection = await nats.connect(
        asked["url"],
        user=name,
        password=asked["password"],
        tls=ssl.create_default_context(cadata=asked["ca"]),
        tls_hostname=asked["host"],
        inbox_prefix=f"_INBOX.{name}".encode(),
        connect_timeout=PATIENCE,
        max_reconnect_attempts=1,
        error_cb=complain,
    )
    stream = connection.jetstream(timeout=PATIENCE)
    consumer = asked.get("consumer", name)
    subject = f"readings.{asked['topic']}"
    config = ConsumerConfig(
        durable_name=consumer, deliver_policy=DeliverPolicy.ALL, filter_subject=subject
    )
    pending = (await stream.add_consumer("readings", config)).num_pending
    found = []
    bound = await stream.pull_subscribe_bind(consumer=consumer, stream="readings")
    while len(found) < pending:
        for message in await bound.fetch(min(200, pending - len(found)), timeout=PATIENCE):
            found.append(json.loads(message.data)["value"])
            await message.ack()
    await stream.delete_consumer("readings", consumer)
    await connection.close()
    return found


def main():
    """One deed."""
    asked, told = json.load(sys.stdin), []
    try:
        said = publish(asked, told) if asked["do"] == "publish" else asyncio.run(read(asked, told))
    except (Error, OSError, TimeoutError) as error:
        said = None
        told.append(f"{type(error).__name__}: {error}")
    json.dump({"said": said, "told": told}, sys.stdout)


main()
