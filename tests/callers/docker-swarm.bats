#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=root
# A swarm of one node whose default runtime is kin: how an engine spreads work over machines.
DEFAULT_RUNTIME=kin
load docker

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
@test "docker swarm: a service of ten, scaled to thirty and to none" {
	dq swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1:2377 >/dev/null
	dq service create --detach --name many --network host --replicas 10 --no-resolve-image "$IMAGE" sleep 1000 >/dev/null
	patiently tasks 10
	equal "$($DOCKER inspect -f '{{.HostConfig.Runtime}}' $($DOCKER ps -q) | sort -u)" kin
	dq service scale --detach many=30 >/dev/null
	patiently tasks 30
	dq service scale --detach many=0 >/dev/null
	patiently tasks 0
	dq service rm many >/dev/null
	dq swarm leave --force >/dev/null
}
