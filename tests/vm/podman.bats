#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Podman where there are all controllers, systemd and a kernel that Debian's criu knows: what tests/callers/podman-*.bats
# cannot have natively.  Each flow is compared with crun's, as there.

CALLER_TIMEOUT=60
case ${KIN_VM-} in systemd) CGROUP_MANAGER=systemd ;; esac
load ../callers/podman

caller_empty() { # as few starts of Podman as can be: they are slow here
	pq rm -fa -t0
}
# What stays for good is there before the look that counts.
stays() { # COMMAND...
	"$@" >"$T/stays" 2>&1 || :
	oracle_before
}

# hold NAME ARGS: a container that runs
hold() {
	local name=$1
	shift
	pq run -d --name "$name" "$@" "$IMAGE" sleep 1000 >/dev/null
}
group_of() { # NAME: its cgroup, as the kernel has it
	sed -n 's/^0:://p' "/proc/$(inspected "$1" '{{.State.Pid}}')/cgroup"
}
hers() { # GROUP FILE...: what it says
	local file
	for file in "${@:2}"; do echo "$file $(<"/sys/fs/cgroup$1/$file")"; done
}

limited() {
	local group
	hold c --memory 64m --memory-swap 96m --pids-limit 20 --cpus 0.5
	group=$(group_of c) # crun's has one more level
	sed -E 's/[0-9a-f]{64}/ID/; s,/container$,,' <<<"$group"
	hers "$group" memory.max memory.swap.max pids.max cpu.max
	p update --memory 100m --cpus 1 c | sed -E 's/[0-9a-f]{64}/ID/'
	hers "$group" memory.max cpu.max
	p stats --no-stream --format '{{.MemLimit}} {{.PIDs}}' c
}
# bats test_tags=vm_systemd,vm_user
@test "podman: limits, update and stats, with the cgroup manager systemd" {
	both limited
	has "$output" libpod-ID.scope
	has "$output" $'memory.max 67108864\nmemory.swap.max 33554432\npids.max 20\ncpu.max 50000 100000'
	has "$output" $'memory.max 104857600\ncpu.max 100000 100000'
	has "$output" $'67108864 1\n= 0' # Podman 4 takes the limit from what it had asked for at first
}
# bats test_tags=vm_systemd
@test "podman: limits, update and stats, with the cgroup manager cgroupfs" {
	sed 's/^cgroup_manager = .*/cgroup_manager = "cgroupfs"/' "$CONTAINERS_CONF" >"$T/containers.conf"
	CONTAINERS_CONF=$T/containers.conf
	# kin removes the directory that it had to make above, crun leaves it.
	ORACLE_LATE="${ORACLE_LATE:+$ORACLE_LATE|}cgroup /sys/fs/cgroup/libpod_parent\$"
	both limited
	has "$output" /libpod_parent/libpod-ID
	has "$output" $'memory.max 67108864\nmemory.swap.max 33554432\npids.max 20\ncpu.max 50000 100000'
	has "$output" $'memory.max 104857600\ncpu.max 100000 100000'
	has "$output" $'67108864 1\n= 0' # Podman 4 takes the limit from what it had asked for at first
}

# OOMKilled is not compared: in 24 runs here Debian 12's conmon saw it with neither runtime, and docs/callers.md says so.
hungry() {
	p run --name c --memory 16m --memory-swap 16m "$IMAGE" sh -c 'head -c 60m /dev/zero | tail; s=$?; sleep 1; exit $s'
	inspected c '{{.State.ExitCode}} {{.State.Status}}'
}
# bats test_tags=vm_systemd,vm_user
@test "podman: one that is killed for want of memory: 137" {
	both hungry
	like "$output" $'= 137\n137 exited$'
}

service() { # POLICY: podman as a service manager would start it, until the unit is active; then the unit is stopped
	local sd=(--system) main
	root_mode || sd=(--user)
	systemd-run "${sd[@]}" --quiet --collect --unit caller-podman -p Type=notify -p NotifyAccess=all -p Delegate=yes \
		-p KillMode=mixed -E CONTAINERS_CONF="$CONTAINERS_CONF" -E CONTAINERS_STORAGE_CONF="$CONTAINERS_STORAGE_CONF" \
		-- podman --runtime "$RUNTIME" run -d --name c --cgroups=split --sdnotify conmon "$IMAGE" \
		sh -c 'trap "exit 0" TERM; while :; do sleep 0.1; done'
	systemctl "${sd[@]}" show -p ActiveState,SubState caller-podman
	main=$(systemctl "${sd[@]}" show --value -p MainPID caller-podman)
	cat "/proc/$main/comm"
	group_of c | sed -E 's/[0-9a-f]{64}/ID/; s,.*/caller-podman,caller-podman,; s,/container$,,'
	p stop -t 60 c
	wait_for inactive "${sd[@]}"
}
inactive() {
	[ "$(systemctl "$1" show --value -p ActiveState caller-podman)" = inactive ]
}
# bats test_tags=vm_systemd,vm_user
@test "podman: in a unit of Type=notify, whose main process conmon becomes; the cgroup is split from the unit's" {
	both service
	has "$output" $'ActiveState=active\nSubState=running\nconmon\n'
	has "$output" caller-podman.service/libpod-payload-ID
}

pod() {
	p pod create --name pod --hostname shared --network none
	p run --pod pod "$IMAGE" sh -c 'hostname; exit 3'
	p pod rm -f -t 0 pod
}
# bats test_tags=vm_systemd
@test "podman: a pod with a cgroup of its own" {
	both pod
	has "$output" $'shared\n= 3'
}

# The timer's Podman has systemd's environment, and no other word of where the tests' storage is.
healthy() {
	systemctl set-environment CONTAINERS_CONF="$CONTAINERS_CONF" CONTAINERS_STORAGE_CONF="$CONTAINERS_STORAGE_CONF"
	hold c --health-cmd 'test -e /tmp/well' --health-interval 5s --health-retries 1
	p exec c touch /tmp/well
	wait_for is_health healthy
	p exec c rm /tmp/well
	wait_for is_health unhealthy
	timers
	pq rm -f -t0 c >/dev/null
	timers
	systemctl unset-environment CONTAINERS_CONF CONTAINERS_STORAGE_CONF
}
timers() {
	systemctl list-units --all --no-legend '*.timer' | grep -c podman || :
}
is_health() {
	[ "$(inspected c '{{.State.Health.Status}}')" = "$1" ]
}
# bats test_tags=vm_systemd
@test "podman: health, asked for by a timer of systemd's" {
	both healthy
	equal "$output" $'= 0\n= 0\n1\n0'
}

travels() {
	pq run -d --name c "$IMAGE" sh -c 'n=1000; while :; do n=$((n + 1)); echo $n >/dev/shm/n; sleep 0.1; done' >/dev/null
	wait_for pq exec c test -s /dev/shm/n
	p container checkpoint c
	inspected c '{{.State.Status}} {{.State.Checkpointed}}'
	p container restore c
	inspected c '{{.State.Status}} {{.State.Restored}}'
	p exec c sh -c 'a=$(cat /dev/shm/n); sleep 1; b=$(cat /dev/shm/n); [ $a -gt 1000 ] && [ $b -gt $a ] && echo it goes on'
	p container checkpoint --export "$T/c.tar" c
	p rm c
	p container restore --import "$T/c.tar" --name d
	p exec d sh -c 'a=$(cat /dev/shm/n); sleep 1; b=$(cat /dev/shm/n); [ $a -gt 1000 ] && [ $b -gt $a ] && echo it goes on'
	rm -f "$T/c.tar"
}
# bats test_tags=vm_plain,vm61,vm61_only
@test "podman: checkpoint and restore, also of an archive" {
	stays criu check # what it has found out about the kernel
	once kin travels # Debian 12's crun has no criu
	output=$(<"$T/kin")
	equal "$status" 0 "$output"
	equal "$(grep -c 'it goes on' <<<"$output")" 2
	has "$output" 'exited true'
	has "$output" 'running true'
}
