#!/usr/bin/env bash
# Build the image with buildah, from the Dockerfile as it is, and print what `buildah` needs to find it.
#
# No registry is needed: the base image that the Dockerfile names is made here of Debian, whose Python is of the same
# version. It is kept, so that only the first build takes minutes. pip inside the build asks whatever index pip asks here.
#
#   tests/container/build.sh FOLDER    # where images are kept
set -euo pipefail

IMAGE=localhost/mockmail:test
SOURCE=$(cd "$(dirname "$0")/../.." && pwd)
STATE=$(mkdir -p "$1" && cd "$1" && pwd)
BASE=$(sed -n 's/^FROM \(python:[^ ]*\).*/\1/p' "$SOURCE/Dockerfile" | sort -u)
SUITE=trixie

say() { echo "container: $*" >&2; }

images() { buildah --root "$STATE/images" --runroot "$STATE/run" --storage-driver vfs "$@"; }

# A stand-in for the base image: its Python is `python`, it has pip, and its library is not compiled.
make_base() {
	local root=$STATE/debian container
	say "making a stand-in for $BASE of Debian $SUITE"
	rm -rf "$root"
	debootstrap --variant=minbase --include=ca-certificates,python3,python3-pip,python3-venv "$SUITE" "$root" >"$STATE/debian.log" 2>&1 || {
		tail -n 20 "$STATE/debian.log" >&2
		exit 1
	}
	ln -s /usr/bin/python3 "$root/usr/local/bin/python"
	ln -s /usr/bin/python3 "$root/usr/local/bin/python3"
	find "$root" -name '__pycache__' -prune -exec rm -rf {} +
	rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*
	container=$(images from scratch)
	images add --quiet "$container" "$root" / >/dev/null
	images config --cmd python3 "$container"
	images commit --quiet --rm "$container" "docker.io/library/$BASE" >/dev/null
	rm -rf "$root"
}

# What pip is told here, as one file, and the files and folders that it names: sets `mounts`.
lend_pip() {
	local configuration=$STATE/pip.conf
	"${PYTHON:-python3}" "$SOURCE/tests/container/pip_configuration.py" "$configuration" >"$STATE/pip.paths"
	mounts=(--volume "$configuration:/etc/pip.conf:ro")
	while read -r path; do
		mounts+=(--volume "$path:$path:ro")
	done <"$STATE/pip.paths"
}

if [ "$(wc -l <<<"$BASE")" != 1 ] || [ -z "$BASE" ]; then
	say "expected one base image in $SOURCE/Dockerfile, not: $BASE"
	exit 1
fi
images inspect --type image "docker.io/library/$BASE" >/dev/null 2>&1 || make_base
lend_pip
say "building $IMAGE"
# The format of Docker, because that of OCI has no health check.
images build --format docker --isolation chroot --network host --pull-never --quiet --no-cache \
	"${mounts[@]}" --tag "$IMAGE" "$SOURCE" >"$STATE/build.log" 2>&1 || {
	tail -n 40 "$STATE/build.log" >&2
	exit 1
}
echo "$IMAGE"
