#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# podman run: what comes out, and the exit codes.
load podman

prints() {
	p run --rm "$IMAGE" echo hello
	p run --rm "$IMAGE" sh -c 'echo out; echo err >&2'
}
@test "podman: run prints what the container prints" {
	both prints
	equal "$(<"$T/kin.seen")" $'hello\n= 0\nout\nerr\n= 0'
}

ends() {
	p run --rm "$IMAGE" sh -c "$1"
}
@test "podman: run ends with the container's status" {
	local c
	for c in 0 1 3 125 126 127 137 255; do
		both ends "exit $c"
		equal "$output" "= $c"
	done
}
killed() { # SIGNAL
	pq run -d --name c "$IMAGE" sleep 1000 >/dev/null
	p kill -s "$1" c
	p wait c
	inspected c '{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}} {{.State.OOMKilled}}'
}
@test "podman: a container that is killed ends with 128 and the signal" {
	both killed KILL
	like "$output" $'= 0\n137\n= 0\nexited 137 0 false'
}

refused() {
	p run --rm "$IMAGE" nosuchprogram
	p run --rm "$IMAGE" /no/such/program
	p run --rm "$IMAGE" /etc
	p run --rm "$IMAGE" /etc/passwd
	p run --rm --nosuchflag "$IMAGE" true
	p run --rm --workdir /no/such/directory "$IMAGE" pwd
}
@test "podman: run of what cannot be run: 125, 126, 127" {
	both refused
	equal "$(grep -c ^= <<<"$output")" 6
	like "$(tr -d '\n' <<<"$(grep ^= <<<"$output")")" '^= 127= 127= 126= 126= 125'
}
