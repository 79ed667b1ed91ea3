#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=root
# Docker's daemon with kin as its default runtime: what has no --runtime of its own.
load docker

# setting KEY VALUE: of the running daemon, as docs/callers-docker.md says: a line in daemon.json, and a reload.
setting() {
	local file=$BATS_FILE_TMPDIR/docker/daemon.json
	jq --arg k "$1" --argjson v "$2" '.[$k] = $v' "$file" >"$file.new"
	mv "$file.new" "$file"
	kill -HUP "$(</run/docker.pid)"
}
default_is_runtime() {
	setting default-runtime "\"$RUNTIME\""
	wait_for eval "[ \"\$($DOCKER info --format '{{.DefaultRuntime}}')\" = $RUNTIME ]"
}

plain() {
	default_is_runtime
	d run --name one --network none "$IMAGE" echo plain
	inspected one '{{.HostConfig.Runtime}}'
	dq info --format "{{(index .Runtimes \"$RUNTIME\").Path}}" | sed 's|.*/||'
}
@test "docker: what names no runtime gets the default one, after a reload" {
	both plain
	equal "$output" $'plain\n= 0\nkin\nkin'
}

builds() { # BuildKit is not in Debian's package; this builder uses the default runtime
	default_is_runtime
	mkdir -p "$T/context"
	printf '%s\n' "FROM $IMAGE" 'RUN echo built >/made && id -u' 'WORKDIR /w' 'USER 5:6' 'RUN pwd; id -u; id -g; cat /made' \
		>"$T/context/Dockerfile"
	DOCKER_BUILDKIT=0 d build --network none -q -t built "$T/context" | sed 's/sha256:.*/ID/'
	d run --rm --network none built sh -c 'cat /made; pwd; id -u'
	printf '%s\n' "FROM $IMAGE" 'RUN exit 5' >"$T/context/Dockerfile"
	DOCKER_BUILDKIT=0 d build --network none -q "$T/context"
	printf '%s\n' "FROM $IMAGE" 'RUN ["nosuchprogram"]' >"$T/context/Dockerfile"
	DOCKER_BUILDKIT=0 d build --network none -q "$T/context" | sed 's/.*executable file not found.*/not found/'
	dq rmi built >/dev/null
}
@test "docker: build with RUN, and what was built runs" {
	both builds
	has "$output" $'built\n/w\n5\n= 0'
	has "$output" "returned a non-zero code: 5"
	has "$output" $'not found\n= 1'
}

# The daemon dies and comes back; the container does not notice.
lives_on() {
	local pid
	default_is_runtime
	setting live-restore true
	wait_for eval "[ \$($DOCKER info --format '{{.LiveRestoreEnabled}}') = true ]"
	rq -d --name one "$IMAGE" sh -c 'trap "echo ended; exit 7" TERM; echo ready; while :; do sleep 0.1; done' >/dev/null
	rq -d --name two --restart on-failure:1 "$IMAGE" sh -c 'while [ ! -e /tmp/go ]; do sleep 0.1; done; exit 9' >/dev/null
	wait_for eval "$DOCKER logs one | grep -q ready"
	pid=$(inspected one '{{.State.Pid}}')
	docker_stop "$1"
	kill -0 "$pid"
	docker_start
	equal "$(inspected one '{{.State.Pid}} {{.State.Status}}')" "$pid running"
	d exec one echo within
	d exec two touch /tmp/go # and again after its restart, which is the new daemon's
	wait_for eval "[ \$($DOCKER container inspect --format '{{.RestartCount}}{{.State.Status}}' two) = 1running ]"
	d exec two touch /tmp/go
	d wait two
	d pause one
	d unpause one
	d stop -t 20 one
	inspected one '{{.State.Status}} {{.State.ExitCode}}'
	d logs one
	dq rm one two >/dev/null
	setting live-restore false
	wait_for eval "[ \$($DOCKER info --format '{{.LiveRestoreEnabled}}') = false ]"
}
@test "docker: live restore: containers outlive a daemon that is killed, and one that is stopped" {
	# The daemons are others afterwards, and have files and sockets of their own.
	ORACLE_LATE="$ORACLE_LATE|process [0-9]+ started [0-9]+: (dockerd|containerd)\$|socket @[0-9a-f]{5}\$"
	ORACLE_LATE="$ORACLE_LATE|/run/docker(\.pid|/containerd/containerd\.pid|/libnetwork/[0-9a-f]*\.sock|/unmount-on-shutdown)"
	both lives_on -KILL
	has "$output" $'within\n= 0'
	has "$output" $'exited 7\n'
	OTHER='' # once is enough
	both lives_on -TERM
	has "$output" $'exited 7\n'
}

tasks() { # RUNNING: so many of the service run, and no other container is left
	[ "$($DOCKER ps -q --filter label=com.docker.swarm.service.name=many | wc -l)" = "$1" ]
}
patiently() { # COMMAND...
	local i
	for ((i = 0; i < 600; i++)); do
		! "$@" || return 0
		sleep 0.1
	done
	$DOCKER service ps --no-trunc many | head -n 20
	tail -n 20 "$BATS_FILE_TMPDIR/docker/log"
	fail "did not happen within 60 s: $*"
}
swarms() {
	local victim
	default_is_runtime
	dq swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1:2377 >/dev/null
	dq service create --detach --name many --network host --replicas 10 --no-resolve-image \
		--stop-grace-period 1s --restart-delay 200ms "$IMAGE" sleep 1000 >/dev/null
	patiently tasks 10
	# shellcheck disable=SC2046 # a list
	$DOCKER inspect -f '{{.HostConfig.Runtime}} {{.State.Status}}' $($DOCKER ps -q) | sort | uniq -c
	dq service scale --detach many=30 >/dev/null
	patiently tasks 30
	# One that dies is replaced.
	victim=$($DOCKER ps -q | head -n 1)
	dq kill "$victim" >/dev/null
	patiently eval "! $DOCKER ps -q | grep -q $victim"
	patiently tasks 30
	dq service scale --detach many=0 >/dev/null
	patiently tasks 0
	dq service rm many >/dev/null
	dq swarm leave --force >/dev/null
}
@test "docker: a swarm of one node: a service of ten, scaled to thirty and to none" {
	both swarms
	like "$output" '^ *10 kin running$'
}
