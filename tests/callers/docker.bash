# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash disable=SC2034 # the variables are the tests'
#
# Docker for lib.bash: a daemon of its own for each file, without networks, which knows kin beside its own runc.
#
#   d ARGS       docker; prints what is to be seen, and the status
#   dq ARGS      docker, which must succeed; prints stdout
#   r ARGS       docker run with $RUNTIME and without a network, to be seen; rq: which must succeed
#   $IMAGE       the name of the image
#   $DAEMON      set before docker.bash is loaded: JSON, what daemon.json has besides contrib/callers/daemon.json

# shellcheck source=tests/callers/lib.bash
source "$(dirname "${BASH_SOURCE[0]}")/lib.bash"
IMAGE=kintest
OTHERS=runc
DOCKER=/usr/bin/docker
# Namespaces of networks are collected once a minute, its own side of a client's connection some time after the client.
ORACLE_LATE='(file|mount) .*/run/docker/netns/|socket /run/docker.sock'

d() {
	visible $DOCKER "$@"
}
dq() {
	quiet $DOCKER "$@"
}
r() {
	d run --runtime "$RUNTIME" --network none "$@"
}
rq() {
	dq run --runtime "$RUNTIME" --network none "$@"
}
inspected() { # NAME FORMAT
	dq container inspect --format "$2" "$1"
}
is_status() { # NAME STATUS
	[ "$(inspected "$1" '{{.State.Status}}')" = "$2" ]
}

caller_can() {
	local program
	for program in dockerd containerd $DOCKER; do
		command -v "$program" >/dev/null || { echo "$program is not installed (contrib/packages callers)"; return; }
	done
	[ -n "${KIN_VIEW-}" ] || { echo "needs root, for a view of its own"; return; }
	[ "$KIN_MODE" = root ] || echo "dockerd is root's here"
}

docker_start() {
	local d=$BATS_FILE_TMPDIR/docker
	PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin dockerd --config-file "$d/daemon.json" --data-root "$d/data" \
		--exec-root /run/docker --pidfile /run/docker.pid -H unix:///run/docker.sock --bridge none --iptables=false \
		--ip6tables=false --ip-forward=false --ip-masq=false --userland-proxy=false --storage-driver vfs \
		</dev/null >>"$d/log" 2>&1 3>&- &
	disown
	for _ in {1..150}; do
		! $DOCKER version >/dev/null 2>&1 || return 0
		sleep 0.1
	done
	fail "dockerd: $(tail -n 20 "$d/log")"
}
docker_stop() {
	local pid
	pid=$(</run/docker.pid)
	kill "${1:--TERM}" "$pid"
	for _ in {1..150}; do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.1
	done
	fail "dockerd does not end"
}
caller_begin() {
	RUNTIME=kin
	export DOCKER_HOST=unix:///run/docker.sock DOCKER_CONFIG=$BATS_FILE_TMPDIR/docker/client
	mkdir -p "$DOCKER_CONFIG"
	sed "s|/usr/local/bin/kin|$KIN_BUILD/kin|" "$KIN_SRC/contrib/callers/daemon.json" |
		jq --argjson more "${DAEMON:-null}" '. + $more' >"$BATS_FILE_TMPDIR/docker/daemon.json"
	docker_start
	image_tar "$T/image.tar"
	dq import "$T/image.tar" "$IMAGE" >"$T/prepare/import"
	caller_try kin
}
caller_try() {
	local RUNTIME=$1
	[ "$(rq --rm "$IMAGE" echo yes)" = yes ] && caller_empty
}
caller_empty() {
	local all
	all=$($DOCKER ps -aq)
	# shellcheck disable=SC2086 # a list
	[ -z "$all" ] || $DOCKER rm -f $all
	$DOCKER volume prune -f
}
caller_end() {
	docker_stop
	# A daemon that was killed has not taken away its data's mount, and the next one finds it there.
	while umount "$BATS_FILE_TMPDIR/docker/data" 2>/dev/null; do :; done
}
