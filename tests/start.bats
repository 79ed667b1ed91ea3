#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
load helpers/kin

# bats test_tags=smoke
@test "start: runs the program, prints nothing itself" {
	script 'echo hello; echo problem >&2'
	create c1
	ok start c1
	equal "$output$error" ""
	wait_state c1 stopped
	equal "$(said c1)" $'hello\nproblem'
}

@test "start: of a container that runs" {
	running c1
	fails start c1
	has "$error" "cannot start an already running container"
	equal "$(state_of c1)" running
}

@test "start: of a container that has stopped" {
	args true
	create c1
	ok start c1
	wait_state c1 stopped
	fails start c1
	has "$error" "cannot start a container that has stopped"
}

@test "start: of a container that is not there" {
	fails start nope
	has "$error" "container does not exist"
	clean
}

@test "start: of a container whose init was killed while created: fails at once, no hang" {
	args true
	create c1
	kill -9 "$(pid_of c1)"
	wait_state c1 stopped
	fails start c1
	has "$error" "cannot start a container that has stopped"
}

@test "start: twice at once: one wins, the program runs once" {
	config '.root.readonly = false'
	script 'echo x >>/tmp/runs; sleep 100'
	create c1
	local i rc won=0
	for i in 1 2 3 4; do
		( rc=0; "$KIN" --root "$ROOT" start c1 </dev/null >/dev/null 2>&1 || rc=$?; echo $rc >"$T/s$i" ) &
	done
	wait
	for i in 1 2 3 4; do [ "$(<"$T/s$i")" != 0 ] || won=$((won + 1)); done
	equal $won 1
	wait_for test -s "$BUNDLE/rootfs/tmp/runs"
	equal "$(wc -l <"$BUNDLE/rootfs/tmp/runs")" 1
}

@test "start: a startContainer hook that fails is an error, and the container is stopped" {
	args sleep 100
	config '.hooks.startContainer = [{path: "/bin/false", args: ["false"]}]'
	create c1
	fails start c1
	has "$error" hook
	wait_state c1 stopped
}

@test "start: an execve that fails is an error, and the container is stopped" {
	# Found and executable when created, but what its first line names is not there.
	printf '#!/no/such/interpreter\n' >"$BUNDLE/rootfs/bin/broken"
	chmod 755 "$BUNDLE/rootfs/bin/broken"
	args /bin/broken
	create c1
	fails start c1
	has "$error" "no such file or directory"
	wait_state c1 stopped
}

# dockerd asks at once, and never removes a container that is not stopped.
# bats test_tags=root
@test "start: when it has failed init has ended already" {
	local pid how visitor
	held() { # by a guest in its pid namespace whose parent does not look: for one second
		nsenter -t "$pid" -p sleep 1000 </dev/null >/dev/null 2>&1 3>&- &
		visitor=$!
		wait_for pgrep -P $visitor
		kill -STOP $visitor
		(sleep 1 && kill -CONT $visitor) 3>&- &
	}
	ended() {
		how=$(cat "/proc/$pid/stat" 2>/dev/null) || return 0
		like "$how" '[)] [ZX] '
	}
	printf '#!/no/such/interpreter\n' >"$BUNDLE/rootfs/bin/broken"
	chmod 755 "$BUNDLE/rootfs/bin/broken"
	args /bin/broken
	create c1
	pid=$(pid_of c1)
	held
	fails start c1
	ended
	args sleep 1000
	config '.hooks.poststart = [{path: "/bin/false", args: ["false"]}]'
	create c2
	pid=$(pid_of c2)
	held
	fails start c2
	ended
	wait
}

@test "start: a file that is no program is an error" {
	printf 'neither ELF nor script' >"$BUNDLE/rootfs/bin/garbage"
	chmod 755 "$BUNDLE/rootfs/bin/garbage"
	args /bin/garbage
	create c1
	fails start c1
	has "$error" "exec format error"
	wait_state c1 stopped
}

@test "start: the program has no descriptors but 0, 1, 2" {
	script 'ls /proc/1/fd; :'
	create c1
	ok start c1
	wait_state c1 stopped
	equal "$(said c1 | tr '\n' ' ')" "0 1 2 "
}

@test "start: the program is process 1 and sees only itself" {
	runs 'echo $$; ls -d /proc/[0-9]*'
	equal "$output" $'1\n/proc/1'
}
