#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=root
# What Docker makes of what cannot be run: 125, 126 or 127, for its caller and on the container's record.
load docker

# row WANTED COMMAND...: what is to be seen of it, its status first of all
row() {
	local wanted=$1
	shift
	"$@" | grep -vE "Run 'docker run --help'|context canceled" | sed 's/FATAL tini ([0-9]*)/FATAL tini/' >"$T/row"
	echo "${*:2}"
	cat "$T/row"
	[ "$RUNTIME" != kin ] || equal "$(tail -n 1 "$T/row")" "= $wanted" "$* ($(<"$T/row"))"
}
# refused WANTED ARGS...: docker run, and what is on record where a container was made
refused() {
	local wanted=$1
	shift
	row "$wanted" r --name row "$@"
	$DOCKER container inspect --format 'on record: {{.State.ExitCode}} {{.State.Status}}' row 2>/dev/null || echo 'no record'
	$DOCKER rm -f row >/dev/null 2>&1 || :
}

programs() {
	refused 127 "$IMAGE" nosuchprogram
	refused 127 "$IMAGE" /no/such/program
	refused 127 --env PATH=/nowhere "$IMAGE" sh
	refused 127 "$IMAGE" ./no/such
	refused 127 --entrypoint nosuchentry "$IMAGE" sh
	refused 127 "$IMAGE" ''
	refused 126 "$IMAGE" /etc
	refused 126 "$IMAGE" /etc/passwd
	refused 125 "$IMAGE" /etc/passwd/below
	refused 126 --user 5:6 -v "$T/shared:/s" "$IMAGE" /s/rootonly
	refused 126 --tmpfs /t:exec,mode=0700 --user 5:6 "$IMAGE" /t/x
	refused 127 --init "$IMAGE" nosuchprogram
}
@test "docker: a program that is not there is 127, one that cannot be executed is 126" {
	mkdir "$T/shared"
	printf '#!/bin/sh\n' >"$T/shared/rootonly"
	chmod 0700 "$T/shared/rootonly"
	both programs
}

surroundings() {
	refused 125 --user nosuchuser "$IMAGE" true
	refused 125 --user 9999999999 "$IMAGE" true
	refused 125 --workdir /etc/passwd "$IMAGE" true
	refused 0 --workdir /s/closed --user 5:6 -v "$T/shared:/s" "$IMAGE" true # root's capabilities enter it first
	refused 125 --workdir relative "$IMAGE" true
	refused 125 -v "$T/shared:/etc/passwd" "$IMAGE" true
	refused 125 -v "$T/shared/file:/etc" "$IMAGE" true
	refused 125 --mount "type=bind,src=/no/such/source,dst=/x" "$IMAGE" true
	refused 127 --device /dev/nosuchdevice "$IMAGE" true
	refused 125 --sysctl kernel.pid_max=100 "$IMAGE" true
	refused 125 --sysctl kernel.nosuchthing=1 "$IMAGE" true
	refused 125 --cap-add NOSUCHCAP "$IMAGE" true
	refused 125 --security-opt seccomp="$T/shared/file" "$IMAGE" true
	refused 125 --sysctl net.core.somaxconn=nonsense "$IMAGE" true
	refused 125 --tmpfs /t:nosuchoption=1 "$IMAGE" true
	refused 125 --nosuchflag "$IMAGE" true
}
@test "docker: what is wrong with a container's surroundings is 125, or as the words in the error say" {
	mkdir -p "$T/shared/closed"
	chmod 0700 "$T/shared/closed"
	echo text >"$T/shared/file"
	both surroundings
}

# What only the kernel finds out, when it executes.
unfit() {
	local i
	for i in 1 2 3; do # whoever is asked too early leaves it
		refused 127 -v "$T/shared:/s" "$IMAGE" /s/nointerpreter
		refused 125 -v "$T/shared:/s" "$IMAGE" /s/noformat
	done
	rq -d --name one -v "$T/shared:/s" "$IMAGE" sleep 1000 >/dev/null
	row 126 d exec one /s/nointerpreter
	row 126 d exec one /s/noformat
}
@test "docker: what the kernel refuses to execute is an error of start, and nothing stays" {
	mkdir "$T/shared"
	printf '#!/no/such/interpreter\n' >"$T/shared/nointerpreter"
	echo text >"$T/shared/noformat"
	chmod 0755 "$T/shared"/no*
	differs 'exec format error' unfit
	hasnt "$output" exited
}

# Docker 20.10 has 126 for all that exec cannot do.
execs() {
	rq -d --name one -v "$T/shared:/s" "$IMAGE" sleep 1000 >/dev/null
	row 126 d exec one nosuchprogram
	row 126 d exec one /no/such/program
	row 126 d exec one /etc
	row 126 d exec one /etc/passwd
	row 126 d exec --user 5:6 one /s/rootonly/x
	row 126 d exec --workdir /no/such/directory one true
	row 126 d exec --workdir /etc/passwd one true
	row 126 d exec --user nosuchuser one true
	row 137 d exec one sh -c 'kill -9 $$'
	row 1 d exec nosuchcontainer true
	dq pause one >/dev/null
	row 1 d exec one true
	dq unpause one >/dev/null
	dq kill one >/dev/null
	row 1 d exec one true
}
@test "docker: exec of what cannot be run is 126, of what is not running 1" {
	mkdir "$T/shared"
	printf '#!/bin/sh\n' >"$T/shared/rootonly"
	chmod 0700 "$T/shared/rootonly"
	both execs
}
