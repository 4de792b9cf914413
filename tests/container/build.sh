#!/usr/bin/env bash
# Build the image with buildah, from the Dockerfile as it is, and tell its size.
#
# No registry is needed: the base image that the Dockerfile names is made here of Debian, whose Python is of the same
# version. It is kept, so that only the first build takes minutes. pip inside the build asks whatever index pip asks here.
#
#   tests/container/build.sh FOLDER            # where images are kept
#   tests/container/build.sh FOLDER --clean    # keep the base image alone
set -euo pipefail

IMAGE=localhost/mockmail:test
SOURCE=$(cd "$(dirname "$0")/../.." && pwd)
STATE=$(mkdir -p "$1" && cd "$1" && pwd)
BASE=$(sed -n 's/^FROM \(python:[^ ]*\).*/\1/p' "$SOURCE/Dockerfile" | sort -u)
SUITE=trixie

say() { echo "container: $*" >&2; }

images() { buildah --root "$STATE/images" --runroot "$STATE/run" --storage-driver "$(cat "$STATE/driver")" "$@"; }

# Layers that lie over one another where this machine can do that, because to copy them is slow.
choose_driver() {
	local container
	[ ! -s "$STATE/driver" ] || return 0
	echo overlay >"$STATE/driver"
	if ! { container=$(images from scratch) && images mount "$container" && images rm "$container"; } >/dev/null 2>&1; then
		rm -rf "$STATE/images" "$STATE/run"
		echo vfs >"$STATE/driver"
	fi
}

# Whatever an earlier run left, if it was killed, and what this one made.
clean() {
	images rm --all >/dev/null
	images rmi --force "$IMAGE" >/dev/null 2>&1 || true
	images rmi --prune >/dev/null
	rm -rf "$STATE/debian" "$STATE"/{debian.log,build.log,pip.conf,pip.paths}
}

# A stand-in for the base image: its Python is `python`, it has pip, and its library is not compiled.
make_base() {
	local root=$STATE/debian container version
	say "making a stand-in for $BASE of Debian $SUITE, once"
	debootstrap --variant=minbase --include=ca-certificates,python3,python3-pip,python3-venv "$SUITE" "$root" >"$STATE/debian.log" 2>&1 || {
		tail -n 20 "$STATE/debian.log" >&2
		exit 1
	}
	version=$(chroot "$root" python3 -c 'import sys; print("{}.{}".format(*sys.version_info))')
	case $BASE in
	python:"$version"-slim) ;;
	*)
		say "Debian $SUITE has Python $version, which is no stand-in for $BASE"
		exit 1
		;;
	esac
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
	(umask 077 && "${PYTHON:-python3}" "$SOURCE/tests/container/pip_configuration.py" "$configuration" >"$STATE/pip.paths")
	mounts=(--volume "$configuration:/etc/pip.conf:ro")
	while read -r path; do
		mounts+=(--volume "$path:$path:ro")
	done <"$STATE/pip.paths"
}

size_of() { images images --format '{{.Size}}' "$1"; }

if [ "$(wc -l <<<"$BASE")" != 1 ] || [ -z "$BASE" ]; then
	say "expected one base image in $SOURCE/Dockerfile, not: $BASE"
	exit 1
fi
choose_driver
clean
[ "${2:-}" != --clean ] || exit 0
images inspect --type image "docker.io/library/$BASE" >/dev/null 2>&1 || make_base
lend_pip
say "building $IMAGE"
# The format of Docker, because that of OCI has no health check.
images build --format docker --isolation chroot --network host --pull-never --quiet --no-cache \
	"${mounts[@]}" --tag "$IMAGE" "$SOURCE" >"$STATE/build.log" 2>&1 || {
	tail -n 40 "$STATE/build.log" >&2
	exit 1
}
say "$IMAGE has $(size_of "$IMAGE"), of which its stand-in for $BASE has $(size_of "docker.io/library/$BASE")"
