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

reads() {
	echo "a line" >"$T/in"
	p run --rm -i "$IMAGE" sh -c 'read -r x; echo "got $x"; cat' <"$T/in"
	visible bash -c 'podman --log-level=error --runtime "$1" run --rm -i "$2" cat <"$3"' sh "$RUNTIME" "$IMAGE" "$T/in"
	visible bash -c 'podman --log-level=error --runtime "$1" run --rm --preserve-fds 1 "$2" sh -c "cat <&3" 3<"$3"' \
		sh "$RUNTIME" "$IMAGE" "$T/in"
}
@test "podman: run -i reads, and --preserve-fds hands down" {
	both reads
	equal "$(grep -c "a line" <<<"$output")" 2
}

terminal() {
	pt "run --rm -t $IMAGE sh -c 'tty; stty size; echo \$TERM'"
	pt "run --rm -t $IMAGE sh -c 'exit 7'"
	p run --rm -t "$IMAGE" sh -c 'test -t 1 && echo it is a terminal'
}
@test "podman: run -t gives a terminal of the caller's size" {
	both terminal
	has "$output" "33 77"
	has "$output" "= 7"
	has "$output" "it is a terminal"
}

inside() {
	p run --rm --hostname somebody "$IMAGE" hostname
	p run --rm --env A=1 --env B= "$IMAGE" sh -c 'echo "$A,$B,${C-none},$HOME,$PATH,$container"'
	p run --rm --workdir /tmp "$IMAGE" pwd
	p run --rm --umask 0077 "$IMAGE" sh -c umask
	p run --rm --init "$IMAGE" sh -c 'cat /proc/1/comm; cat /proc/self/mountinfo | wc -l'
}
@test "podman: run's environment: hostname, env, workdir, umask, init" {
	both inside
	has "$output" somebody
	has "$output" "1,,none,"
}

people() {
	p run --rm --user 5 "$IMAGE" id
	p run --rm --user 1000:7 --group-add 9 "$IMAGE" id
	p run --rm --user user "$IMAGE" sh -c 'id -u; echo $HOME; grep Cap /proc/self/status'
	p run --rm --user nobodyofthatname "$IMAGE" id
}
# bats test_tags=ids
@test "podman: run --user and --group-add" {
	both people
	has "$output" "uid=5(5) gid=0"
	has "$output" "uid=1000(user) gid=7(7) groups=7(7),9"
}

sealed() {
	p run --rm --read-only "$IMAGE" sh -c 'echo >/file; echo >/tmp/file && echo tmp; echo >/run/file && echo run'
	p run --rm --read-only --read-only-tmpfs=false "$IMAGE" sh -c 'echo >/tmp/file'
	p run --rm --tmpfs /some/where:size=64k,mode=0700 "$IMAGE" sh -c \
		'stat -c "%a %F" /some/where; dd if=/dev/zero of=/some/where/f bs=1k count=100 2>/dev/null; stat -c %s /some/where/f'
	p run --rm --shm-size 1m "$IMAGE" sh -c 'df -k /dev/shm | tail -n 1 | { read -r _ size _; echo "$size"; }'
}
@test "podman: run --read-only, --tmpfs, --shm-size" {
	both sealed
	has "$output" $'tmp\nrun\n'
	has "$output" $'700 directory\n65536'
	has "$output" $'\n1024\n'
}
