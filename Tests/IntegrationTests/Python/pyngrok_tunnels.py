"""Starts, lists, measures and stops tunnels of an agent that runs, as a user of the package `pyngrok` does.

    pyngrok_tunnels.py URL PORT

URL is the agent's local API; PORT is a service's. The package would start ngrok's agent, and is told of this one instead.
Prints `started NAME URL`, waits for a line of standard input, then prints how many connections the tunnel had, and stops it.
"""

import sys
import types

from pyngrok import ngrok, process
from pyngrok.exception import PyngrokNgrokHTTPError

url, port = sys.argv[1], sys.argv[2]
ngrok.get_ngrok_process = lambda config=None: types.SimpleNamespace(api_url=url)
# It stops nothing where it knows of no process of its own.
process.is_process_running = lambda path: True

tunnel = ngrok.connect(port, "tls", name="web", domain="app.shakedown.test", metadata="by pyngrok")
print("started", tunnel.name, tunnel.public_url, flush=True)
assert tunnel.id and tunnel.proto == "tls" and tunnel.config == {"addr": f"localhost:{port}", "inspect": False}
assert [other.public_url for other in ngrok.get_tunnels()] == [tunnel.public_url]

for body, status in [
    ({"name": "web", "proto": "tls", "addr": "1"}, 400),
    ({"name": "other", "proto": "http", "addr": "1"}, 400),
    ({"name": "other", "proto": "tls", "addr": "1", "domain": "app.shakedown.test"}, 502),
]:
    try:
        ngrok.api_request(f"{url}/api/tunnels", method="POST", data=body)
        raise SystemExit(f"{body} was taken")
    except PyngrokNgrokHTTPError as error:
        assert error.status_code == status, (body, error.body)
        assert status != 502 or "ERR_NGROK_" in error.body, error.body

sys.stdin.readline()
tunnel.refresh_metrics()
print("connections", tunnel.metrics["conns"]["count"], flush=True)

ngrok.disconnect(tunnel.public_url)
assert ngrok.get_tunnels() == []
print("stopped", flush=True)
