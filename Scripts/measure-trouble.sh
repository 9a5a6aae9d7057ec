#!/usr/bin/env bash
# Measures what others cost: whoever floods the edge, holds connections open, stops reading, or comes back all at once.
#
#   Scripts/measure-trouble.sh [PART]...        all of them unless said
#   Scripts/measure-trouble.sh handshakes idle
#
#   handshakes  clients' handshakes at rest, and beside one and eight agents that send an unfinished request for ever; the
#               slowest hundredth must take at most twice as long as at rest
#   idle        memory of 10,000 connections on which nothing is said, through one agent
#   unknown     memory of an agents' connection that has said all that it may, and not who it is
#   stalled     memory of a client that takes nothing of what its upstream sends
#   restart     time until a hundred agents are online again when their edge was killed and comes back
#
# BIN is where the programs are (.build/release unless set), SECONDS_EACH how long handshakes are measured at a time (20), CONNECTIONS
# how many are idle. Whoever floods runs at the lowest priority: what the edge does is measured, and not who gets a core. A machine
# that does something else at the same time measures that.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=$(realpath "${BIN:-.build/release}")
trouble=$(realpath Scripts/trouble)
seconds=${SECONDS_EACH:-20}
connections=${CONNECTIONS:-10000}
parts=("$@")
all=(handshakes idle unknown stalled restart)
[ ${#parts[@]} -gt 0 ] || parts=("${all[@]}")
for part in "${parts[@]}"; do
    if [[ " ${all[*]} " != *" $part "* ]]; then
        echo "measure-trouble: error: no part is called '$part'" >&2
        echo "hint: one of ${all[*]}" >&2
        exit 64
    fi
done

# Edge, agent, upstream and clients have a descriptor each for every connection.
ulimit -n "$(ulimit -Hn)"
work=$(mktemp -d)
children=()
stop_all() {
    if [ ${#children[@]} -gt 0 ]; then
        kill -KILL "${children[@]}" 2> /dev/null || true
        wait "${children[@]}" 2> /dev/null || true
    fi
    children=()
}
trap 'stop_all; rm -rf "$work"' EXIT
"$bin/shakedown" certs --out "$work/certs" ca-servers agents-listener edge-server > "$work/certs.log"
cd "$work"

# Waits until a file has something in it; what writes it ends with the script.
until_written() { until [ -s "$1" ]; do sleep 0.02; done; }

# Starts an edge: LISTEN AGENTS METRICS, ports each; 0 takes a free one. Then $edge is its process, and the ports are in $listen,
# $agents and $metrics.
start_edge() {
    cat > edge.yaml << YAML
version: 1
listen: ["127.0.0.1:$1"]
agents: { listen: "127.0.0.1:$2", certificate: certs/agents-listener.chain.pem, key: certs/agents-listener.key }
metrics: "127.0.0.1:$3"
accounts: [{ name: me, authtokens: [{ token: a-token-of-the-measurement }] }]
base-domains: [shakedown.test]
certificates: [{ certificate: certs/edge-server.chain.pem, key: certs/edge-server.key, names: ["*.shakedown.test"] }]
deadlines: { hello: 60s, idle: 1h }
limits: { connections: 50000, connections-of-source: 50000, connections-of-endpoint: 50000, connections-of-account: 50000 }
YAML
    rm -f ready.json
    "$bin/shakedown-edge" --config edge.yaml --ready-file ready.json 2> edge.log &
    edge=$!
    children+=("$edge")
    until_written ready.json
    read -r listen agents metrics < <(python3 -c '
import json
ready = json.load(open("ready.json"))
print(*(address.rpartition(":")[2] for address in (ready["listen"][0], ready["agents"], ready["metrics"])))')
}

# Starts an agent of NAME: WHERE TLS ends, and the port of its upstream. $agent is its process.
start_agent() {
    "$bin/shakedown-agent" tls "$3" --server-addr "127.0.0.1:$agents" --root-cas certs/ca-servers.pem \
        --authtoken a-token-of-the-measurement --domain "$1.shakedown.test" --terminate-at "$2" > "agent-$1.log" 2>&1 &
    agent=$!
    children+=("$agent")
}

# Starts an upstream that answers (echo) or sends without end (bulk). $upstream is its port.
start_upstream() {
    rm -f upstream
    python3 "$trouble/upstream.py" "$1" upstream &
    children+=("$!")
    until_written upstream
    upstream=$(cat upstream)
}

endpoints() { curl -s "http://127.0.0.1:$metrics/metrics" | sed -n 's/^shakedown_edge_endpoints //p'; }

# Waits until so many endpoints are online.
until_online() { until [ "$(endpoints || true)" = "$1" ]; do sleep 0.02; done; }

# An edge, an upstream and an agent: MODE of the upstream, WHERE TLS ends.
start_all() {
    start_edge 0 0 0
    start_upstream "$1"
    start_agent measured "$2" "$upstream"
    until_online 1
}

measure_handshakes() {
    start_all echo edge
    local rest=0 floods p50 p99 rounds flood word
    for floods in 0 1 8; do
        flood=
        if [ "$floods" -gt 0 ]; then
            nice -n 19 python3 "$trouble/flood.py" "$agents" "$floods" > flood.log &
            flood=$!
            children+=("$flood")
            until_written flood.log
        fi
        read -r rounds p50 p99 < <(python3 "$trouble/handshakes.py" "$listen" measured.shakedown.test "$seconds")
        [ "$floods" -gt 0 ] || rest=$p99
        word=$(awk -v at="$p99" -v rest="$rest" 'BEGIN { print at <= 2 * rest ? "ok" : "too slow" }')
        awk -v floods="$floods" -v rounds="$rounds" -v p50="$p50" -v p99="$p99" -v rest="$rest" -v word="$word" 'BEGIN {
            printf "handshakes beside %d floods: %d, p50 %.1f ms, p99 %.1f ms, %.2f of p99 at rest: %s\n",
                floods, rounds, p50, p99, p99 / rest, word }'
        if [ -n "$flood" ]; then
            kill "$flood"
            wait "$flood" 2> /dev/null || true
        fi
    done
}

# What so many connections of a kind take: KIND COUNT.
measure_memory() {
    python3 "$trouble/hold.py" "$1" "$2" --edge "$edge" --agent "$agent" --listen "$listen" --agents "$agents" \
        --name measured.shakedown.test
}

measure_idle() { start_all echo upstream && measure_memory idle "$connections"; }
# One source has 64 places before it says who it is.
measure_unknown() { start_all echo upstream && measure_memory unknown 60; }
measure_stalled() { start_all bulk upstream && measure_memory stalled 50; }

# How long agents that lost their edge take to be back depends on how long it was away: each waits twice as long as before.
measure_restart() {
    start_edge 0 0 0
    start_upstream echo
    local number away began
    for ((number = 1; number <= 100; number++)); do start_agent "a$number" upstream "$upstream"; done
    until_online 100
    for away in 0 5; do
        kill -KILL "$edge"
        wait "$edge" 2> /dev/null || true
        sleep "$away"
        start_edge "$listen" "$agents" "$metrics"
        began=$(date +%s.%N)
        until_online 100
        awk -v away="$away" -v from="$began" -v to="$(date +%s.%N)" 'BEGIN {
            printf "restart after %d s: 100 agents online %.1f s after it listens\n", away, to - from }'
        curl -s "http://127.0.0.1:$metrics/metrics" | sed -n 's/^shakedown_edge_limits_met_total/restart: turned away by/p'
    done
}

for part in "${parts[@]}"; do
    "measure_$part"
    stop_all
done
