"""A provider that speaks the protocol itself, for what the SDK's own servers cannot say."""

# ruff: noqa: N802 - the protocol names its calls so.

import sys
import time
from concurrent import futures

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

SEEN = []
CANCELLED = []


def remember(request):
    SEEN.append(json_format.MessageToJson(request, preserving_proto_field_name=True))


def refuse(context, message, *details):
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message)
    for detail in details:
        status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, message)


def unready(request, inputs=None):
    return provider_pb2.ErrorResourceInitFailed(
        id=getattr(request, "id", "") or "bare-1",
        properties=getattr(request, "news", None) or request.properties,
        reasons=["the light is off", "the door is shut"],
        inputs=inputs,
    )


class Bare(provider_pb2_grpc.ResourceProviderServicer):
    def Handshake(self, request, context):
        remember(request)
        return provider_pb2.ProviderHandshakeResponse(accept_resources=True)

    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version="1.0.0")

    def Attach(self, request, context):
        remember(request)
        return empty_pb2.Empty()

    def Configure(self, request, context):
        remember(request)
        if "town" not in request.args.fields:
            missing = provider_pb2.ConfigureErrorMissingKeys()
            missing.missingKeys.add(name="bare:town", description="Where it is.")
            missing.missingKeys.add(name="bare:street", description="The address there.")
            refuse(context, "settings are missing", missing)
        # Nothing of this counts: the handshake has said it already.
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=False)

    def Check(self, request, context):
        remember(request)
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request, context):
        remember(request)
        return provider_pb2.DiffResponse()

    def Create(self, request, context):
        remember(request)
        if "unready" in request.properties.fields:
            refuse(context, "not ready", unready(request))
        return provider_pb2.CreateResponse(
            id="bare-1", properties=request.properties, refresh_before_update=True
        )

    def Read(self, request, context):
        remember(request)
        if "unready" in request.properties.fields:
            refuse(context, "not ready", unready(request, request.inputs))
        return provider_pb2.ReadResponse(
            id=request.id, properties=request.properties, refresh_before_update=True
        )

    def Update(self, request, context):
        remember(request)
        if "unready" in request.news.fields:
            refuse(context, "not ready", unready(request))
        return provider_pb2.UpdateResponse(properties=request.news, refresh_before_update=True)

    def Delete(self, request, context):
        remember(request)
        return empty_pb2.Empty()

    def Invoke(self, request, context):
        answer = provider_pb2.InvokeResponse()
        found = getattr(answer, "return")
        if request.tok == "bare:index:seen":
            found.get_or_create_list("seen").extend(SEEN)
            SEEN.clear()
        elif request.tok == "bare:index:wait":
            deadline = time.monotonic() + 20
            while not CANCELLED and time.monotonic() < deadline:
                time.sleep(0.05)
            found["cancelled"] = bool(CANCELLED)
        else:
            found.MergeFrom(request.args)
        return answer

    def Cancel(self, request, context):
        CANCELLED.append(True)
        return empty_pb2.Empty()


def main():
    server = grpc.server(futures.ThreadPoolExecutor(8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Bare(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    try:
        server.wait_for_termination()
    except KeyboardInterrupt:
        sys.stderr.write("good bye\n")


main()
