#!/usr/bin/env bash
# Build the Dockerfile on a bare Debian and train in the image, without a Docker engine: `make docker-test`.
#
# Needs root, buildah and debootstrap. Everything it makes lies in one temporary folder, which it removes.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "docker-test: $*" >&2
    exit 1
}

for tool in buildah debootstrap unshare; do
    command -v "$tool" >/dev/null || fail "\`$tool\` is missing: apt-get install buildah debootstrap util-linux"
done
[ "$(id -u)" = 0 ] || fail "building without a Docker engine needs root: sudo make docker-test"

# Who is said to have started the container: nobody that the image knows.
caller_user=${SUDO_UID:-12345}
caller_group=${SUDO_GID:-23456}

scratch=$(mktemp -d)
image=archcli-test

in_storage() {
    buildah --root "$scratch/storage" --runroot "$scratch/state" "$@"
}

clean_up() {
    in_storage rm --all >/dev/null 2>&1 || true
    rm -rf --one-file-system "$scratch"
}
trap clean_up EXIT

# The pip settings that lead this machine to its package index, for the time of the build only.
write_pip_settings() {
    echo "[global]"
    python3 -m pip config list \
        | sed -nE "s/^(:env:|global|install)\.([a-z-]+)='(.*)'$/\2 = \3/p" \
        | grep -E '^(cert|default-timeout|extra-index-url|index-url|proxy|timeout|trusted-host) = ' \
        | grep -v 'file:' \
        | awk '!seen[$1]++' || true
}

# In `buildah run` the network is that of the shell that starts it: `unshare --net` leaves it none.
run_archcli() {
    unshare --net buildah --root "$scratch/storage" --runroot "$scratch/state" run --isolation chroot \
        --user "$caller_user:$caller_group" --volume "$scratch/work:/work" --volume "$scratch/cache:/cache" \
        "$container" -- "$entrypoint" "$@"
}

echo "== base: Debian bookworm with python3, made by debootstrap"
base=$(in_storage from scratch)
base_root=$(in_storage mount "$base")
debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv bookworm "$base_root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} \
    >"$scratch/debootstrap.log" 2>&1 \
    || { tail -n 20 "$scratch/debootstrap.log" >&2; fail "debootstrap failed"; }
rm -rf "$base_root"/var/cache/apt/* "$base_root"/var/lib/apt/lists/*
in_storage umount "$base" >/dev/null
in_storage commit --quiet --rm "$base" archcli-test-base >/dev/null

echo "== build"
write_pip_settings >"$scratch/pip.conf"
in_storage build --quiet --isolation chroot --network host \
    --volume /etc/ssl/certs:/etc/ssl/certs:ro --volume "$scratch/pip.conf:/etc/pip.conf:ro" \
    --build-arg BASE=localhost/archcli-test-base --build-arg VARIANT="${VARIANT:-cpu}" --tag "$image" . >/dev/null
in_storage images

container=$(in_storage from --pull-never "$image")
root=$(in_storage mount "$container")
entrypoint=$(in_storage inspect --type image --format '{{index .OCIv1.Config.Entrypoint 0}}' "$image")
user=$(in_storage inspect --type image --format '{{.OCIv1.Config.User}}' "$image")
[ "$entrypoint" = archcli ] || fail "the entry point is \`$entrypoint\`, not \`archcli\`"
[ "${user%%:*}" != 0 ] && [ -n "$user" ] || fail "the image runs as root"
[ ! -e "$root/opt/build" ] && [ ! -e "$root/opt/archcli/bin/pip" ] || fail "the build tools are in the last stage"
[ ! -s "$root/etc/pip.conf" ] || fail "the pip settings of this machine are in the image"
du -sh "$root/opt/archcli"

# `buildah run` would lay the image's own volumes over the ones it is given; Docker and Podman do not.
in_storage config --volume /work- --volume /cache- "$container"
mkdir "$scratch/work" "$scratch/cache"
chown "$caller_user:$caller_group" "$scratch/work" "$scratch/cache"
touch "$scratch/before"
sleep 1

echo "== archcli doctor, as $caller_user:$caller_group, without a network"
run_archcli doctor

echo "== archcli train mlp-xor"
run_archcli train mlp-xor --quiet
run_archcli evaluate mlp-xor/1

models=$(find "$scratch/work/runs" -name model.keras)
[ -n "$models" ] || fail "no model.keras was written below runs/"
strangers=$(find "$scratch/work" "$scratch/cache" ! \( -uid "$caller_user" -gid "$caller_group" \))
[ -z "$strangers" ] || fail "these files are not the caller's: $strangers"
# Mount points and the files that buildah itself lays over the container are not archcli's doing.
changed=$(find "$root" -xdev -type f -newer "$scratch/before" ! -path "$root/etc/host*" ! -path "$root/etc/resolv.conf" \
    ! -path "$root/run/.containerenv")
[ -z "$changed" ] || fail "these files outside the volumes were written: $changed"

echo "docker-test: built, and trained as an unknown user who owns $(find "$scratch/work" -type f | wc -l) files in /work"
