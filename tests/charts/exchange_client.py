"""Speaks to a broker as the JSON on its standard input asks, and says in JSON what came of it."""

import asyncio
import json
import ssl
import sys
import time

import nats
from nats.errors import Error
from nats.js.api import ConsumerConfig, DeliverPolicy, StreamConfig

PATIENCE = 5


async def connected(asked, told):
    """A connection; what the server complains of goes to *told*."""

    async def complain(error):
        told.append(str(error))

    tls = ssl.create_default_context(cadata=asked["ca"]) if asked.get("ca") else None
    return await nats.connect(
        asked["url"],
        user=asked["user"],
        password=asked["password"],
        tls=tls,
        tls_hostname=asked.get("host") if tls else None,
        error_cb=complain,
        connect_timeout=PATIENCE,
        allow_reconnect=asked["do"] == "publish",
        max_reconnect_attempts=-1 if asked["do"] == "publish" else 1,
        reconnect_time_wait=0.2,
    )


async def publish(connection, asked):
    """Numbers one after the other, each until it is acknowledged; what was, with its moment."""
    stream = connection.jetstream(timeout=2)
    end = time.time() + asked.get("seconds", 120)
    acknowledged = []
    for number in range(asked.get("count", 10**9)):
        name = f"{asked['subject']}-{number}"
        while time.time() < end:
            try:
                # The same name again is the same message.
                await stream.publish(
                    asked["subject"], str(number).encode(), headers={"Nats-Msg-Id": name}
                )
                acknowledged.append([number, time.time()])
                break
            except (Error, OSError, TimeoutError):
                await asyncio.sleep(0.1)
        if time.time() >= end:
            break
        await asyncio.sleep(asked.get("pause", 0))
    return acknowledged


async def read(connection, asked):
    """The numbers that a stream holds, in its order."""
    stream = connection.jetstream(timeout=PATIENCE)
    count = (await stream.stream_info(asked["stream"])).state.messages
    if not count:
        return []
    consumer = await stream.pull_subscribe_bind(
        stream=asked["stream"],
        consumer=(
            await stream.add_consumer(
                asked["stream"],
                ConsumerConfig(deliver_policy=DeliverPolicy.ALL, inactive_threshold=60),
            )
        ).name,
    )
    found = []
    while len(found) < count:
        for message in await consumer.fetch(min(200, count - len(found)), timeout=PATIENCE):
            found.append(int(message.data))
            await message.ack()
    return found


async def make(connection, asked):
    """A stream, as a commune makes it on its own machine."""
    await connection.jetstream().add_stream(StreamConfig(**asked["config"]))
    return "made"


async def send(connection, asked):
    """One message without asking for its acknowledgement."""
    await connection.publish(asked["subject"], b"1")
    await connection.flush(timeout=PATIENCE)
    await asyncio.sleep(0.5)
    return "sent"


async def delete(connection, asked):
    """Remove a stream."""
    return await connection.jetstream(timeout=2, prefix=asked.get("api", "$JS.API")).delete_stream(
        asked["stream"]
    )


async def main():
    """One connection, one deed."""
    asked, told = json.load(sys.stdin), []
    try:
        connection = await connected(asked, told)
        deed = {"publish": publish, "read": read, "make": make, "send": send, "delete": delete}
        said = await deed[asked["do"]](connection, asked)
        await connection.close()
    except (Error, OSError, TimeoutError) as error:
        said = None
        told.append(f"{type(error).__name__}: {error}")
    json.dump({"said": said, "told": told}, sys.stdout)


asyncio.run(main())
