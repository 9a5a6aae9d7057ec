"""Works through every resource of the API that concerns TLS endpoints, as a user of ngrok's own package `ngrok-api` does.

    ngrok_api.py URL KEY FOLDER

FOLDER has edge-server.chain.pem, edge-server.key and ca-servers.pem; one agent is online, with tls://app.shakedown.test.
Prints one line for each call that went wrong, and `N calls, M wrong` as the last.
"""

import pathlib
import sys

import ngrok
from ngrok.datatypes import (
    ReservedDomainCertPolicy,
    EndpointBackendMutate,
    EndpointIPPolicyMutate,
    EndpointMutualTLSMutate,
    EndpointTLSTermination,
    EndpointTrafficPolicy,
)

url, key, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
client = ngrok.Client(key, url)
calls, wrong = 0, 0


class Given:
    """What the package writes as it is: its own classes cannot be made with fields left out."""

    def __init__(self, **fields):
        self._props = fields


def complain(name, words):
    global wrong
    wrong += 1
    print(f"{name}: {words}")


def call(name, body, refused=None):
    """Makes a call, which is to succeed or, with `refused`, to fail with that code or status."""
    global calls
    calls += 1
    try:
        answer = body()
    except ngrok.Error as error:
        if refused not in (error.error_code, error.http_status_code) or refused is None:
            complain(name, f"{error.http_status_code} {error.error_code} {error}")
        return None
    if refused is not None:
        complain(name, f"was not refused with {refused}")
    look(name, answer)
    return answer


def look(name, answer):
    """Reads whatever the package knows about an answer: it raises where a field is not there."""
    for attribute, kind in vars(type(answer)).items():
        if isinstance(kind, property):
            try:
                look(f"{name}: {attribute}", getattr(answer, attribute))
            except (KeyError, TypeError, AttributeError) as error:
                complain(name, f"{attribute}: {error!r}")


def expect(name, value, wanted):
    if value != wanted:
        complain(name, f"{value!r} instead of {wanted!r}")


def of(kind, **fields):
    return kind(client, fields)


def read(name):
    return (folder / name).read_text()


# Who may do what.
credential = call(
    "credentials.create",
    lambda: client.credentials.create(description="d", metadata="m", acl=["bind:*.example.com"]),
)
expect("a credential's rules", credential.acl, ["bind:*.example.com"])
expect("a token is shown", len(credential.token or "") > 20, True)
got = call("credentials.get", lambda: client.credentials.get(credential.id))
expect("a token is shown once", got.token, None)
call("credentials.update", lambda: client.credentials.update(credential.id, description="e"))
call("credentials.create", lambda: client.credentials.create(acl=["x"]), refused="ERR_NGROK_600")
listed = call("credentials.list", lambda: [c.id for c in client.credentials.list()])
expect("credentials", credential.id in listed, True)
api_key = call("api_keys.create", lambda: client.api_keys.create(description="k"))
other = ngrok.Client(api_key.token, url)
call("api_keys.get", lambda: other.api_keys.get(api_key.id))
call("api_keys.update", lambda: client.api_keys.update(api_key.id, metadata="z"))
call("api_keys.delete", lambda: other.api_keys.delete(api_key.id))
call("api_keys.get with a key that is gone", lambda: other.api_keys.get(api_key.id), refused="ERR_NGROK_203")

# Certificates and domains.
certificate = call(
    "tls_certificates.create",
    lambda: client.tls_certificates.create(
        certificate_pem=read("edge-server.chain.pem"), private_key_pem=read("edge-server.key"), description="c"
    ),
)
call("tls_certificates.update", lambda: client.tls_certificates.update(certificate.id, metadata="q"))
call("tls_certificates.get", lambda: client.tls_certificates.get(certificate.id))
call(
    "tls_certificates.create with another's key",
    lambda: client.tls_certificates.create(
        certificate_pem=read("ca-servers.pem"), private_key_pem=read("edge-server.key")
    ),
    refused=400,
)
end = "-----END CERTIFICATE-----\n"
leaf = read("edge-server.chain.pem").split(end)[0] + end
authority = call(
    "certificate_authorities.create",
    lambda: client.certificate_authorities.create(ca_pem=read("ca-servers.pem")),
)
call(
    "certificate_authorities.create of no CA",
    lambda: client.certificate_authorities.create(ca_pem=leaf),
    refused="ERR_NGROK_1913",
)
call("certificate_authorities.update", lambda: client.certificate_authorities.update(authority.id, metadata="q"))
domain = call(
    "reserved_domains.create",
    lambda: client.reserved_domains.create(domain="api.example.com", description="x"),
)
call(
    "reserved_domains.create of it again",
    lambda: client.reserved_domains.create(domain="api.example.com"),
    refused="ERR_NGROK_413",
)
call("reserved_domains.update", lambda: client.reserved_domains.update(domain.id, certificate_id=certificate.id))
got = call("reserved_domains.get", lambda: client.reserved_domains.get(domain.id))
expect("a domain's certificate", got.certificate.id, certificate.id)

call(
    "reserved_domains.create with certificates of the edge's",
    lambda: client.reserved_domains.create(
        domain="managed.example.com", certificate_management_policy=ReservedDomainCertPolicy(None, {"authority": "letsencrypt"})
    ),
    refused="ERR_NGROK_1905",
)
call(
    "reserved_domains.delete_certificate_management_policy",
    lambda: client.reserved_domains.delete_certificate_management_policy(domain.id),
)

# IP policies.
policy = call("ip_policies.create", lambda: client.ip_policies.create(description="p"))
rule = call(
    "ip_policy_rules.create",
    lambda: client.ip_policy_rules.create(cidr="192.0.2.0/24", ip_policy_id=policy.id, action="allow"),
)
call("ip_policy_rules.update", lambda: client.ip_policy_rules.update(rule.id, cidr="10.0.0.0/8"))
expect("a rule", client.ip_policy_rules.get(rule.id).cidr, "10.0.0.0/8")
call(
    "ip_policy_rules.create without a length",
    lambda: client.ip_policy_rules.create(cidr="192.0.2.1", ip_policy_id=policy.id, action="allow"),
    refused="ERR_NGROK_1413",
)

# Backends and edges.
group = call("tunnel_group.create", lambda: client.backends.tunnel_group.create(labels={"role": "web"}))
weighted = call("weighted.create", lambda: client.backends.weighted.create(backends={group.id: 5}))
failover = call("failover.create", lambda: client.backends.failover.create(backends=[weighted.id, group.id]))
call("tunnel_group.update", lambda: client.backends.tunnel_group.update(group.id, labels={"role": "db"}))
call("weighted.update", lambda: client.backends.weighted.update(weighted.id, backends={group.id: 9}))
call("failover.update", lambda: client.backends.failover.update(failover.id, description="u"))
for name, backends, made in [
    ("tunnel_group", client.backends.tunnel_group, group),
    ("weighted", client.backends.weighted, weighted),
    ("failover", client.backends.failover, failover),
]:
    expect(f"{name}.list", [b.id for b in call(f"{name}.list", lambda: list(backends.list()))], [made.id])
edge = call(
    "edges.tls.create",
    lambda: client.edges.tls.create(
        hostports=["api.example.com:443"], backend=of(EndpointBackendMutate, enabled=True, backend_id=group.id)
    ),
)
modules = client.edge_modules
call(
    "tls_edge_backend.replace",
    lambda: modules.tls_edge_backend.replace(edge.id, of(EndpointBackendMutate, enabled=True, backend_id=failover.id)),
)
call(
    "tls_edge_ip_restriction.replace",
    lambda: modules.tls_edge_ip_restriction.replace(edge.id, of(EndpointIPPolicyMutate, enabled=True, ip_policy_ids=[policy.id])),
)
mutual = of(EndpointMutualTLSMutate, enabled=True, certificate_authority_ids=[authority.id])
call(
    "tls_edge_mutual_tls.replace too early",
    lambda: modules.tls_edge_mutual_tls.replace(edge.id, mutual),
    refused="ERR_NGROK_7062",
)
call(
    "tls_edge_tls_termination.replace",
    lambda: modules.tls_edge_tls_termination.replace(
        edge.id, of(EndpointTLSTermination, enabled=True, terminate_at="edge", min_version="1.3")
    ),
)
call("tls_edge_mutual_tls.replace", lambda: modules.tls_edge_mutual_tls.replace(edge.id, mutual))
call(
    "tls_edge_traffic_policy.replace",
    lambda: modules.tls_edge_traffic_policy.replace(
        edge.id, of(EndpointTrafficPolicy, enabled=True, value='{"on_tcp_connect":[{"actions":[{"type":"deny"}]}]}')
    ),
)
call(
    "tls_edge_traffic_policy.replace with another phase",
    lambda: modules.tls_edge_traffic_policy.replace(
        edge.id, of(EndpointTrafficPolicy, enabled=True, value='{"on_http_request":[{"actions":[{"type":"deny"}]}]}')
    ),
    refused=400,
)
got = call("edges.tls.get", lambda: client.edges.tls.get(edge.id))
expect("an edge's CAs", [c.id for c in got.mutual_tls.certificate_authorities], [authority.id])
expect("an edge's IP policies", [p.id for p in got.ip_restriction.ip_policies], [policy.id])
expect("where an edge ends TLS", got.tls_termination.terminate_at, "edge")
call("tls_edge_mutual_tls.delete", lambda: modules.tls_edge_mutual_tls.delete(edge.id))
call("tls_edge_mutual_tls.get of none", lambda: modules.tls_edge_mutual_tls.get(edge.id), refused=404)
convenient = call("edges.tls.create with nothing", lambda: client.edges.tls.create(description="convenient"))
expect("its domain is of the base domain", convenient.hostports[0].endswith(".shakedown.test:443"), True)
call(
    "reserved_domains.delete of one on an edge",
    lambda: client.reserved_domains.delete(domain.id),
    refused="ERR_NGROK_446",
)

# Events.
destination = call(
    "event_destinations.create",
    lambda: client.event_destinations.create(
        format="json",
        target=Given(
            datadog={"api_key": "k", "service": "s", "ddtags": None, "ddsite": None},
            firehose=None, kinesis=None, cloudwatch_logs=None, azure_logs_ingestion=None,
        ),
    ),
)
subscription = call(
    "event_subscriptions.create",
    lambda: client.event_subscriptions.create(
        description="s", sources=[Given(type="domain_created.v0")], destination_ids=[destination.id]
    ),
)
call(
    "event_sources.create",
    lambda: client.event_sources.create(subscription_id=subscription.id, type="tcp_connection_closed.v0"),
)
expect(
    "a subscription's sources",
    sorted(s.type for s in client.event_subscriptions.get(subscription.id).sources),
    ["domain_created.v0", "tcp_connection_closed.v0"],
)
call("event_sources.delete", lambda: client.event_sources.delete(subscription.id, "domain_created.v0"))
call(
    "event_destinations.delete of one in use",
    lambda: client.event_destinations.delete(destination.id),
    refused="ERR_NGROK_5112",
)

# What is online.
endpoints = call("endpoints.list", lambda: {e.public_url: e.id for e in client.endpoints.list()})
endpoint = call("endpoints.get", lambda: client.endpoints.get(endpoints["tls://app.shakedown.test"]))
edges = [call("endpoints.get of an edge's", lambda: client.endpoints.get(i)).edge for i in endpoints.values() if i != endpoint.id]
expect("the edges of the endpoints", sorted(e.id for e in edges), sorted(e.id for e in client.edges.tls.list()))
sessions = call("tunnel_sessions.list", lambda: [s.id for s in client.tunnel_sessions.list()])
expect("the agent's session", sessions, [endpoint.tunnel_session.id])
tunnels = call("tunnels.list", lambda: [t.id for t in client.tunnels.list()])
tunnel = call("tunnels.get", lambda: client.tunnels.get(tunnels[0]))
expect("the tunnel's session", tunnel.tunnel_session.id, sessions[0])
call("tunnel_sessions.get", lambda: client.tunnel_sessions.get(sessions[0]))
call("tunnel_sessions.get of none", lambda: client.tunnel_sessions.get("ts_none"), refused=404)

# Pages, while what is on them goes away.
# (With a key of their own: each has its rate.)
busy_key = client.api_keys.create(description="for many")
busy = ngrok.Client(busy_key.token, url)
for number in range(35):
    busy.ip_policies.create(description=str(number))
gone = 0
for one in busy.ip_policies.list(limit="10"):
    if one.id != policy.id:
        busy.ip_policies.delete(one.id)
        gone += 1
expect("how many were listed", gone, 35)

# All of it goes again, what is used after what uses it.
for one in list(client.edges.tls.list()):
    call("edges.tls.delete", lambda: client.edges.tls.delete(one.id))
call("event_subscriptions.delete", lambda: client.event_subscriptions.delete(subscription.id))
call("event_destinations.delete", lambda: client.event_destinations.delete(destination.id))
call("failover.delete", lambda: client.backends.failover.delete(failover.id))
call("weighted.delete", lambda: client.backends.weighted.delete(weighted.id))
for one in list(client.backends.tunnel_group.list()):
    call("tunnel_group.delete", lambda: client.backends.tunnel_group.delete(one.id))
call("reserved_domains.delete_certificate", lambda: client.reserved_domains.delete_certificate(domain.id))
for one in list(client.reserved_domains.list()):
    call("reserved_domains.delete", lambda: client.reserved_domains.delete(one.id))
call("tls_certificates.delete", lambda: client.tls_certificates.delete(certificate.id))
call("certificate_authorities.delete", lambda: client.certificate_authorities.delete(authority.id))
call("ip_policies.delete", lambda: client.ip_policies.delete(policy.id))
call("api_keys.delete", lambda: client.api_keys.delete(busy_key.id))
call("credentials.delete", lambda: client.credentials.delete(credential.id))
call(
    "ip_policy_rules.get of a policy's that is gone",
    lambda: client.ip_policy_rules.get(rule.id),
    refused="ERR_NGROK_1404",
)

print(f"{calls} calls, {wrong} wrong")
