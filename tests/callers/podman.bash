# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2034 # the variables are the tests'
#
# Podman (and Buildah, which shares its storage) for lib.bash: storage and configuration of its own for each file.
#
#   p ARGS     podman, with $RUNTIME; prints what is to be seen, and the status
#   pt ARGS    podman in a terminal, arguments in one word
#   pq ARGS    podman, which must succeed; prints stdout
#   $IMAGE     the name of the image

# shellcheck source=tests/callers/lib.bash
source "$(dirname "${BASH_SOURCE[0]}")/lib.bash"
IMAGE=localhost/kintest

# For scripts in a terminal: Podman tells of its size some time after the program has begun.
sized='until [ "$(stty size 2>/dev/null)" = "33 77" ]; do sleep 0.1; done'

p() { # of a user without subordinate ids Podman complains each time
	visible podman --log-level=error --runtime "$RUNTIME" "$@" | grep -v 'no subuid ranges found for user'
}
pt() {
	typing "podman --log-level=error --runtime $RUNTIME $1" | grep -v 'no subuid ranges found for user'
}
pq() {
	quiet podman --log-level=error --runtime "$RUNTIME" "$@"
}
# inspected NAME FORMAT
inspected() {
	pq inspect --type container --format "$2" "$1"
}
is_status() { # NAME STATUS
	[ "$(inspected "$1" '{{.State.Status}}')" = "$2" ]
}

caller_can() {
	local program
	for program in podman conmon; do
		command -v "$program" >/dev/null || { echo "$program is not installed (contrib/packages callers)"; return; }
	done
	[ -n "${KIN_VIEW-}" ] || echo "needs root, for a view of its own"
}

# What contrib/callers has, with this build's path, and what the tests need: no network, no limits whose controllers may
# be missing, no systemd unless $CGROUP_MANAGER is it, nothing in the user's directories.
podman_configuration() { # DIR
	mkdir -p "$1"
	sed -e "s|@BINDIR@|$KIN_BUILD|" -e 's/^#runtime = /runtime = /' -e "/^runtime = /a\\
cgroup_manager = \"${CGROUP_MANAGER:-cgroupfs}\"\\
events_logger = \"file\"\\
init_path = \"/usr/bin/catatonit\"\\
tmp_dir = \"$1/tmp\"" "$KIN_SRC/contrib/callers/podman.conf" >"$1/containers.conf"
	cat >>"$1/containers.conf" <<-X
		[containers]
		netns = "none"
		log_driver = "k8s-file"
		pids_limit = 0
		default_ulimits = []
	X
	# --userns auto: root's containers need a range, as Debian has none for them.
	[ "$(id -u)" != 0 ] || local options=$'[storage.options]\nroot-auto-userns-user = "kintest"'
	printf '[storage]\ndriver = "vfs"\ngraphroot = "%s"\nrunroot = "%s"\n%s\n' "$1/storage" "$1/run" \
		"${options-}" >"$1/storage.conf"
	export CONTAINERS_CONF=$1/containers.conf CONTAINERS_STORAGE_CONF=$1/storage.conf
}

caller_begin() {
	RUNTIME=kin
	podman_configuration "$BATS_FILE_TMPDIR/podman"
	image_tar "$T/image.tar"
	pq import "$T/image.tar" "$IMAGE" >"$T/prepare/import"
	caller_try kin || caller_try kin # once Podman had no output, with status 0, and nobody could have it do so again
}
caller_try() {
	local RUNTIME=$1
	equal "$(pq run --rm "$IMAGE" echo yes)" yes
}
caller_empty() {
	pq pod rm -fa -t0
	pq rm -fa -t0
	pq volume prune -f
}
caller_end() {
	pq system migrate >/dev/null 2>&1 || : # ends the process that holds a user's namespace
}
