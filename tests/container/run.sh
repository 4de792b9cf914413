#!/usr/bin/env bash
# `make container-test`: build the image and try it, or say what is missing.
#
#   tests/container/run.sh PYTEST [FOLDER]    # where images are kept between runs; build/container by default
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
for tool in buildah debootstrap unshare; do
	command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ "${#missing[@]}" -gt 0 ]; then
	echo "container-test: skipped, ${missing[*]} not found; on Debian: apt-get install buildah debootstrap"
	exit 0
fi
if [ "$(id -u)" != 0 ]; then
	echo "container-test: skipped, it makes a base image with debootstrap and runs what it built: that takes root"
	exit 0
fi

export CONTAINER_STATE=${2:-build/container} PYTHON=${1%/*}/python
tests/container/build.sh "$CONTAINER_STATE"
exec "$1" tests/container/image.py -v -p no:randomly -p no:cacheprovider
