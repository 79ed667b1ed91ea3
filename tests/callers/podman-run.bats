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
	local c
	for c in 0 1 3 125 126 127 137 255; do p run --rm "$IMAGE" sh -c "exit $c"; done
}
@test "podman: run ends with the container's status" {
	both ends
	equal "$(tr -d '\n' <<<"$output")" "= 0= 1= 3= 125= 126= 127= 137= 255"
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

later() { # ARGS: podman in the background, as $!
	rm -f "$T/later" # before the background has come to it
	timeout --foreground -k 5 "$CALLER_TIMEOUT" podman --log-level=error --runtime "$RUNTIME" "$@" </dev/null >"$T/later" 2>&1 3>&- &
}
ended() { # what it ended with
	local rc=0
	wait $! || rc=$?
	echo "= $rc"
}
signalled() {
	local ticks='while :; do echo tick; sleep 0.1; done'
	p run --rm --init "$IMAGE" sh -c 'kill -TERM $$'
	later run --name c "$IMAGE" sh -c "$ticks"
	wait_for grep -q tick "$T/later"
	p kill c
	ended
	# One that podman gets is the container's.  (Podman 4's attach ends with 0, whatever the container does.)
	pq run -d --name d "$IMAGE" sh -c "trap 'exit 9' TERM; $ticks" >/dev/null
	later attach --no-stdin d
	wait_for grep -q tick "$T/later"
	kill -TERM $! # timeout passes it on
	ended
	p wait d
}
@test "podman: a signal of its own, one by kill while podman waits, one that podman gets" {
	both signalled
	like "$output" $'^= 143\nc\n= 0\n= 137\n= [0-9]+\n9\n= 0$'
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
	pt "run --rm -t $IMAGE sh -c 'tty; $sized; stty size; echo \$TERM'"
	pt "run --rm -t $IMAGE sh -c 'exit 7'"
	p run --rm -t "$IMAGE" sh -c 'test -t 1 && echo it is a terminal'
}
@test "podman: run -t gives a terminal of the caller's size" {
	both terminal
	has "$output" "33 77"
	has "$output" "= 7"
	has "$output" "it is a terminal"
}

resized() { # the terminal grows while the container runs, once: of two changes at a time conmon sees one
	mkdir -p "$T/shared"
	chmod 0777 "$T/shared"
	rm -f "$T/shared/ready"
	# What crun and Podman itself sometimes say of a program that has just ended is not compared.
	typing "(until [ -e $T/shared/ready ]; do sleep 0.1; done; stty rows 44 </dev/tty) &
		podman --log-level=error --runtime $RUNTIME run --rm -t -v $T/shared:/shared $IMAGE sh -c '
		$sized
		trap was=told WINCH; echo >/shared/ready
		until [ \"\$(stty size)\" = \"44 77\" ]; do sleep 0.1; done; echo \$was'" | grep -vE 'no subuid ranges|open pidfd: No such process|ERRO.* container not running'
	touch "$T/shared/ready" # whatever has happened, nobody waits for it
}
@test "podman: run -t follows the caller's terminal when it is resized" {
	both resized
	equal "$output" $'told\n= 0'
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

ulimits() {
	p run --rm --ulimit nproc=1000:2000 --ulimit nofile=100:200 --ulimit core=0 --ulimit stack=4194304 "$IMAGE" sh -c 'ulimit -Sn; ulimit -Hn; ulimit -Sc; ulimit -Ss; ulimit -Hu'
	p run --rm --ulimit nosuchlimit=1 "$IMAGE" true
	p run --rm --ulimit nproc=1000:2000 --ulimit nofile=200:100 "$IMAGE" true
	p run --rm --ulimit host "$IMAGE" sh -c 'ulimit -Hn'
}
@test "podman: run --ulimit" {
	both ulimits
	like "$output" $'^100\n200\n0\n4096\n2000\n= 0\n'
}

notified() { # POLICY [SCRIPT]: what a service manager that starts podman would hear; then podman stays
	cp "$HELPERS/notify" "$T/notify"
	rm -f "$T/manager.sock"
	"$T/notify" listen "$T/manager.sock" >"$T/heard" 2>&1 3>&- &
	wait_for test -S "$T/manager.sock"
	NOTIFY_SOCKET=$T/manager.sock pq run -d --name c --sdnotify "$1" -v "$T/notify:/notify:ro" "$IMAGE" sh -c "$2; exec sleep 1000" >/dev/null
	inspected c '{{.State.Status}}'
	[ "$1" = ignore ] || wait_for grep -q READY=1 "$T/heard"
	kill $!
	wait
	sed 's/MAINPID=[0-9]*/MAINPID=N/' "$T/heard" | sort -u
	rm -f "$T/manager.sock"
}
@test "podman: run --sdnotify: conmon's word, the container's, none" {
	both notified conmon 'echo "socket ${NOTIFY_SOCKET-none}"'
	has "$output" READY=1
	both notified container '/notify send READY=1'
	has "$output" READY=1
	both notified ignore 'test -z "$NOTIFY_SOCKET"'
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
