#!/usr/bin/env bash
# `make container-test`: build the image and try it, or say what is missing.
#
#   tests/container/run.sh PYTEST [FOLDER]
#
# FOLDER, `~/.cache/mockmail-container-test` by default, keeps the base image, which takes minutes to make; all else
# that a run makes is gone when it ends. The containers have a network of their own, which leads nowhere.
set -euo pipefail
cd "$(dirname "$0")/../.."

missing=()
for tool in buildah debootstrap unshare flock; do
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

# Once more, where what is mounted and what is started ends with us.
if [ -z "${CONTAINER_TEST_ALONE:-}" ]; then
	alone=(unshare --mount --pid --fork --kill-child --mount-proc)
	if ! "${alone[@]}" unshare --net true 2>/dev/null; then
		echo "container-test: skipped, this machine allows a process no namespaces of its own (unshare --mount --pid --net)"
		exit 0
	fi
	CONTAINER_TEST_ALONE=yes exec "${alone[@]}" "$0" "$@"
fi

keep=${2:-${XDG_CACHE_HOME:-$HOME/.cache}/mockmail-container-test}
export CONTAINER_STATE PYTHON=${1%/*}/python
mkdir -p "$keep"
CONTAINER_STATE=$(cd "$keep" && pwd)
exec 9>"$CONTAINER_STATE/lock"
flock 9 # one run at a time
trap 'tests/container/build.sh "$CONTAINER_STATE" --clean' EXIT

tests/container/build.sh "$CONTAINER_STATE"
unshare --net "$PYTHON" tests/container/alone.py "$1" tests/container/image.py -v -p no:randomly -p no:cacheprovider
