#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=root
# Docker with --add-runtime kin, beside its runc.
load docker

prints() {
	r --rm "$IMAGE" echo hello
	r --rm --user 5:6 --env A=b --workdir /tmp --hostname somebody "$IMAGE" sh -c 'id -u; id -g; echo $A; pwd; hostname'
	r --rm --read-only --tmpfs /t "$IMAGE" sh -c 'touch /x 2>&1; touch /t/x; echo $?'
	r --rm --init "$IMAGE" sh -c 'cat /proc/1/comm'
	r --rm --cap-drop ALL --cap-add CHOWN --security-opt no-new-privileges "$IMAGE" grep -E 'Cap|NoNew|Seccomp:' /proc/self/status
	r --rm -v "$T/shared:/s:ro" "$IMAGE" sh -c 'cat /s/file; touch /s/x 2>&1; echo $?'
	r --rm --pid host --ipc host --uts host "$IMAGE" sh -c '[ $$ != 1 ] && echo not 1'
	r --rm --device /dev/zero:/dev/zeros:r "$IMAGE" sh -c 'dd if=/dev/zeros bs=1 count=1 2>/dev/null | od -An -tx1'
	r --rm --sysctl kernel.msgmax=4321 "$IMAGE" cat /proc/sys/kernel/msgmax
}
@test "docker: run: output, user, environment, mounts, capabilities, namespaces, devices" {
	mkdir "$T/shared"
	echo text >"$T/shared/file"
	both prints
	has "$output" $'5\n6\nb\n/tmp\nsomebody\n= 0'
	has "$output" "4321"
}

ends() {
	local n
	for n in 0 3 125 126 127 137 255; do r --rm "$IMAGE" sh -c "exit $n"; done
}
@test "docker: run ends with the container's status" {
	both ends
	equal "$(tr -d '\n' <<<"$output")" "= 0= 3= 125= 126= 127= 137= 255"
}

lives() {
	rq -d --name one "$IMAGE" sh -c 'trap "echo ended; exit 7" TERM; echo ready; while :; do sleep 0.1; done' >/dev/null
	wait_for eval "$DOCKER logs one | grep -q ready"
	d exec one echo within
	d exec one sh -c 'exit 5'
	d exec one nosuchprogram
	d exec --user 9 --workdir /tmp --env A=b one sh -c 'id -u; pwd; echo $A'
	d exec -d one touch /tmp/made
	wait_for $DOCKER exec one test -e /tmp/made
	d pause one
	inspected one '{{.State.Status}}'
	d exec one true | tail -n 1
	d unpause one
	d top one -o comm | sort | uniq | head -n 3
	dq stats --no-stream --format '{{.Name}}' one
	d rename one two
	d stop -t 20 two
	inspected two '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.State.Pid}}'
	d logs two
	d start two
	d kill two
	d wait two
	d restart -t 0 two
	d rm two | tail -n 1
	d rm -f two
}
@test "docker: a container's life: exec, pause, top, stats, stop, start, kill, restart, rm" {
	both lives
	has "$output" "within"
	has "$output" $'paused\n'
	has "$output" "exited 7 false 0"
}

restarts() {
	rq -d --name one --restart on-failure:2 "$IMAGE" sh -c 'echo once; exit 3' >/dev/null
	wait_for eval "[ \$($DOCKER logs one | wc -l) = 3 ]"
	wait_for is_status one exited
	inspected one '{{.RestartCount}} {{.State.ExitCode}}'
}
@test "docker: a restart policy" {
	both restarts
	equal "$output" "2 3"
}

healthy() {
	rq -d --name one --health-cmd 'test -e /tmp/well' --health-interval 1s --health-retries 1 "$IMAGE" sleep 1000 >/dev/null
	wait_for eval "[ \$($DOCKER inspect -f '{{.State.Health.Status}}' one) = unhealthy ]"
	dq exec one touch /tmp/well
	wait_for eval "[ \$($DOCKER inspect -f '{{.State.Health.Status}}' one) = healthy ]"
	echo well
}
@test "docker: healthcheck" {
	both healthy
	equal "$output" well
}

terminal() {
	typing "$DOCKER run --rm -t --runtime $RUNTIME --network none $IMAGE sh -c 'tty; exit 4'"
	rq -d --name one "$IMAGE" sleep 1000 >/dev/null
	typing "$DOCKER exec -t one sh -c 'tty; exit 6'"
}
@test "docker: terminals, of run and of exec" {
	both terminal
	has "$output" "= 4"
	has "$output" "= 6"
}
