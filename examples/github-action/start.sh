#!/usr/bin/env bash
# Starts mockmail for the steps of a job. The variables are the inputs of action.yml.
set -euo pipefail

home=${RUNNER_TEMP:?}/mockmail
if [ ! -x "$home/bin/mockmail" ]; then
	python3 -m venv "$home"
	"$home/bin/python" -m pip install --quiet --disable-pip-version-check "$PACKAGE"
fi

flags=(--http-port "$HTTP_PORT" --smtp-port "$SMTP_PORT" --ready-file "$home/ready.json")
[ -z "$SEED" ] || flags+=(--seed "$SEED")
rm -f "$home/ready.json"
nohup "$home/bin/mockmail" serve "${flags[@]}" >"$home/log" 2>&1 </dev/null &
server=$!

# The ready file is written as soon as every port listens.
for _ in $(seq 300); do
	[ ! -f "$home/ready.json" ] || break
	kill -0 "$server" 2>/dev/null || break
	sleep 0.1
done
if [ ! -f "$home/ready.json" ]; then
	echo "::error::mockmail did not start: $(tail -n 1 "$home/log")"
	exit 1
fi

fact() { "$home/bin/python" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$home/ready.json" "$1"; }
{
	echo "url=$(fact http)"
	echo "smtp-port=$(fact smtp_port)"
} >>"$GITHUB_OUTPUT"
if [ -n "$VENDOR" ]; then
	"$home/bin/mockmail" env "$VENDOR" --url "$(fact http)" | "$home/bin/python" -c '
import shlex, sys
for line in sys.stdin:
    print(*shlex.split(line)[1:])' >>"$GITHUB_ENV"
fi
