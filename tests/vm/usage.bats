#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What a container used, that it ran out of memory, and limits changed while it runs: each by its effect.

load ../helpers/kin

HOG='BEGIN { s = "xxxxxxxxxxxxxxxx"; while (1) s = s s }'
MiB=1048576

prepare() {
	driver=()
	[ "$KIN_VM_WHO" != systemd ] || driver=(--systemd-cgroup)
}
limit() { # JSON: adds to linux.resources
	config '.linux.resources += $r' --argjson r "$1"
}
make() { # ID
	ok "${driver[@]}" create --bundle "$BUNDLE" "$1"
}
disk() { # /dev/vda in the container
	config '.linux.devices += [{path: "/dev/vda", type: "b", major: $a, minor: $b, fileMode: 438, uid: 0, gid: 0}] |
		.linux.resources.devices += [{allow: true, type: "b", major: $a, minor: $b, access: "rwm"}]' \
		--argjson a "$(disk_number t)" --argjson b "$(disk_number T)"
}
disk_number() {
	echo $((16#$(stat -c "%$1" /dev/vda)))
}
# live ID: runs it in the background.  By its parent: before 6.15 nobody else is sure to learn its status.
live() {
	"$KIN" --root "$ROOT" "${driver[@]}" run --keep --bundle "$BUNDLE" "$1" </dev/null >"$T/live" 2>&1 &
	parent=$!
}
ended() { # ID: waits for that
	wait "$parent" || :
	ok wait --format json "$1"
	echo "$output" >"$T/end"
}
the_end() { # FILTER
	jq -r "$1" "$T/end"
}
file() { # ID FILE: of its cgroup
	cat "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(pid_of "$1")/cgroup")/$2"
}
between() { # GOT LEAST MOST WHAT
	[ "$1" -ge "$2" ] && [ "$1" -le "$3" ] || fail "$4: $1 is not between $2 and $3"
}

# ---- out of memory ----------------------------------------------------------------------------------------------------

# bats test_tags=vm_plain,vm61
@test "OOM: wait, state and list say it, also after the cgroup has gone" {
	limit '{"memory": {"limit": 33554432, "swap": 33554432}}'
	args awk "$HOG"
	live c1
	ended c1
	equal "$(the_end .ended)" signal
	equal "$(the_end .signalName)$(the_end .oom)" SIGKILLtrue
	between "$(the_end .usage.oomKill)" 1 9 oomKill
	ok state c1
	equal "$(jq -r '.status, .oomKilled' <<<"$output")" $'stopped\ntrue'
	ok list -f json
	equal "$(jq -r '.[0].oomKilled' <<<"$output")" true
	rmdir /sys/fs/cgroup/kin-c1
	ok state c1
	equal "$(jq -r .oomKilled <<<"$output")" true "from the record"
	ok wait --format json c1
	equal "$(jq -r .oom <<<"$output")" true "asked again"
}

# bats test_tags=vm_systemd
@test "OOM in a unit: who waits knows, although systemd removes the cgroup at once" {
	limit '{"memory": {"limit": 33554432, "swap": 33554432}}'
	script "sleep 3; awk '$HOG'; sleep 2; exit 3"
	make c1
	"$KIN" --root "$ROOT" wait --format json c1 </dev/null >"$T/end" 2>&1 &
	local waiter=$!
	ok start c1
	wait "$waiter" || :
	cat "$T/end"
	equal "$(the_end .oom)" true
	between "$(the_end .usage.oomKill)" 1 9 oomKill
	between "$(the_end .usage.memoryPeakBytes)" $((16 * MiB)) $((32 * MiB)) memory
	between "$(the_end .usage.cpuUsec)" 1000 60000000 cpu
}

# bats test_tags=vm_plain
@test "OOM: nobody waited, the cgroup still tells" {
	limit '{"memory": {"limit": 33554432, "swap": 33554432}}'
	args awk "$HOG"
	make c1
	ok start c1
	wait_state c1 stopped
	ok state c1
	equal "$(jq -r .oomKilled <<<"$output")" true
}

# bats test_tags=vm_plain,vm_systemd
@test "no OOM: a killed container is not said to have run out of memory" {
	limit '{"memory": {"limit": 33554432}}'
	args sleep 1000
	live c1
	wait_state c1 running
	ok kill c1 KILL
	ended c1
	equal "$(the_end .oom)" false
	equal "$(the_end .usage.oomKill)" 0
	ok state c1
	hasnt "$output" oomKilled
}

# bats test_tags=vm_plain,vm_systemd
@test "OOM: a child is killed and init goes on: events tell, and the end says it" {
	limit '{"memory": {"limit": 33554432, "swap": 33554432}}'
	script "sleep 3; awk '$HOG'; echo child \$?; sleep 2; exit 3"
	live c1
	wait_state c1 running
	"$KIN" --root "$ROOT" events --interval 60s c1 </dev/null >"$T/events" 2>&1 &
	local events=$!
	ended c1
	equal "$(the_end .exitStatus)" 3
	equal "$(the_end .oom)" true
	wait "$events"
	equal "$(grep -c '{"type":"oom","id":"c1"}' "$T/events")" 1
}

# bats test_tags=vm_plain,vm_systemd
@test "OOM: run says so, and its status is that of SIGKILL" {
	limit '{"memory": {"limit": 33554432, "swap": 33554432}}'
	args awk "$HOG"
	# systemd may have removed the cgroup before anybody could ask: not every time, since it is watched closely.
	for ((i = 0; i < ${#driver[@]} * 4 + 1; i++)); do
		may_be_killed=1 k "${driver[@]}" run --bundle "$BUNDLE" c1
		equal "$status" 137
		[[ "$error" != *"out of memory"* ]] || break
	done
	has "$error" "out of memory"
	script 'exit 1'
	k "${driver[@]}" run --bundle "$BUNDLE" c2
	equal "$status" 1
	hasnt "$error" "out of memory"
}

# bats test_tags=vm_plain
@test "OOM: of init before it is ready is what the error says" {
	local n said=0
	for n in 65536 98304 131072 163840 196608 229376 262144; do
		limit "{\"memory\": {\"limit\": $n, \"swap\": $n}}"
		args true
		may_be_killed=1 k "${driver[@]}" run --bundle "$BUNDLE" "c$n"
		echo "$n: $status $error"
		[ "$status" != 0 ] || continue
		[[ $error != *killed* ]] || has "$error" "out of memory"
		[[ $error != *"out of memory"* ]] || said=1
		equal "$(state_of "c$n")" none
	done
	equal "$said" 1 "the error said it at least once"
}

# ---- usage ------------------------------------------------------------------------------------------------------------

# bats test_tags=vm_plain,vm61
@test "usage: cpu, memory, pids and io are what was used" {
	local d
	d=$(disk_number t):$(disk_number T)
	limit "{\"memory\": {\"limit\": 134217728}, \"pids\": {\"limit\": 50}, \"unified\": {\"io.max\": \"$d rbps=1073741824\"}}"
	disk
	# 24 MiB that stay, 8 MiB read, 4 MiB written, six processes at once, then a second and a half of work.
	script 'dd if=/dev/zero of=/dev/shm/x bs=1M count=24 2>/dev/null
		dd if=/dev/vda of=/dev/null bs=1M count=8 2>/dev/null
		dd if=/dev/zero of=/dev/vda bs=1M count=4 seek=64 conv=fsync 2>/dev/null
		for i in 1 2 3 4 5; do sleep 1 & done; wait
		echo 3 >/dev/null; end=$(($(cut -d. -f1 /proc/uptime) + 2))
		while [ $(cut -d. -f1 /proc/uptime) -lt $end ]; do :; done'
	echo 3 >/proc/sys/vm/drop_caches
	live c1
	ended c1
	equal "$(the_end .exitStatus)" 0
	cat "$T/end"
	between "$(the_end .usage.cpuUsec)" 300000 30000000 cpu
	between "$(the_end '.usage.cpuUserUsec + .usage.cpuSystemUsec')" 300000 30000000 'cpu, user and system'
	[ "$KIN_VM_KERNEL" = 6.1 ] || between "$(the_end .usage.memoryPeakBytes)" $((24 * MiB)) $((128 * MiB)) memory
	[ "$KIN_VM_KERNEL" = 6.1 ] || between "$(the_end .usage.pidsPeak)" 6 12 pids
	between "$(the_end .usage.ioReadBytes)" $((8 * MiB)) $((24 * MiB)) read
	between "$(the_end .usage.ioWriteBytes)" $((4 * MiB)) $((8 * MiB)) written
	equal "$(the_end .usage.oomKill)" 0
	jq -e '.usage | has("cpuPressureUsec") and has("memoryPressureUsec") and has("ioPressureUsec")' "$T/end"
	# On record, whether the cgroup is there or not.
	ok wait --format json c1
	equal "$(jq -cS .usage <<<"$output")" "$(jq -cS .usage "$T/end")"
}

# bats test_tags=vm_plain,vm_systemd
@test "stats: what is used now, and the limits, in runc's words" {
	limit '{"memory": {"limit": 67108864}, "pids": {"limit": 40}}'
	script 'dd if=/dev/zero of=/dev/shm/x bs=1M count=16 2>/dev/null; touch /dev/shm/ready; sleep 1000'
	make c1
	ok start c1
	wait_for "$KIN" --root "$ROOT" exec c1 test -e /dev/shm/ready
	ok events --stats c1
	jq -e '.type == "stats" and .id == "c1"' <<<"$output"
	between "$(jq .data.memory.usage.usage <<<"$output")" $((16 * MiB)) $((40 * MiB)) memory
	equal "$(jq -c '[.data.memory.usage.limit, .data.pids.limit]' <<<"$output")" '[67108864,40]'
	between "$(jq .data.pids.current <<<"$output")" 1 4 pids
	between "$(jq .data.memory.raw.shmem <<<"$output")" $((16 * MiB)) $((17 * MiB)) shmem
	between "$(jq .data.cpu.usage.total <<<"$output")" 1000000 60000000000 nanoseconds
	# v1's members of what has no limit: the largest number for memory.
	ok update --memory=-1 --memory-swap=-1 --pids-limit=-1 c1
	ok events --stats c1
	equal "$(grep -o '"limit":18446744073709551615,"usage"' <<<"$output" | wc -l)" 2
	equal "$(jq -c '.data.pids | has("limit")' <<<"$output")" false
}

# ---- frozen -----------------------------------------------------------------------------------------------------------

# bats test_tags=vm_plain,vm_systemd,vm_user,vm61
@test "pause: stops all progress, resume lets it go on" {
	mkdir -p "$T/count"
	chmod 0777 "$T/count"
	config '.mounts += [{destination: "/mnt", type: "bind", source: $d, options: ["bind", "rw"]}]' --arg d "$T/count"
	mkdir -p "$BUNDLE/rootfs/mnt"
	script 'while :; do echo >>/mnt/n; usleep 20000; done'
	make c1
	ok start c1
	wait_for test -s "$T/count/n"
	ok pause c1
	equal "$(state_of c1)" paused
	local before
	before=$(stat -c %s "$T/count/n")
	sleep 2
	equal "$(stat -c %s "$T/count/n")" "$before" "frozen processes write"
	ok resume c1
	wait_for grew "$before"
	ok pause c1
	ok delete --force c1
}
grew() {
	[ "$(stat -c %s "$T/count/n")" -gt "$1" ]
}

# ---- update -----------------------------------------------------------------------------------------------------------

# bats test_tags=vm_plain,vm_systemd
# (A disk's cache goes with the last who has it open.)
@test "update: memory below what is cached is reclaimed, and nobody is killed" {
	disk
	limit '{"memory": {"limit": 134217728, "swap": 134217728}}'
	script 'exec 3</dev/vda; dd if=/dev/vda of=/dev/null bs=1M count=64 2>/tmp/dd; touch /tmp/ready; sleep 1000'
	config '.root.readonly = false'
	echo 3 >/proc/sys/vm/drop_caches
	make c1
	ok start c1
	wait_for "$KIN" --root "$ROOT" exec c1 test -e /tmp/ready
	ok exec c1 cat /tmp/dd
	echo "$output"
	between "$(file c1 memory.current)" $((48 * MiB)) $((128 * MiB)) "cached before"
	ok update --memory 25165824 --memory-swap 25165824 c1
	between "$(file c1 memory.current)" 1 25165824 "in use after"
	equal "$(file c1 memory.max)" 25165824
	equal "$(file c1 memory.events | sed -n 's/^oom_kill //p')" 0
	equal "$(state_of c1)" running
}

# bats test_tags=vm_plain,vm_systemd
@test "update: memory below what cannot be reclaimed is refused, all stays as it was" {
	limit '{"memory": {"limit": 134217728, "swap": 134217728}, "pids": {"limit": 77}}'
	script 'dd if=/dev/zero of=/dev/shm/x bs=1M count=40 2>/dev/null; touch /dev/shm/ready; sleep 1000'
	make c1
	ok start c1
	wait_for "$KIN" --root "$ROOT" exec c1 test -e /dev/shm/ready
	fails update --pids-limit 33 --memory 16777216 --memory-swap 16777216 c1
	like "$error" 'memory|in use'
	equal "$(file c1 memory.max)" 134217728
	equal "$(file c1 pids.max)" 77
	equal "$(file c1 memory.high)" max
	equal "$(file c1 memory.events | sed -n 's/^oom_kill //p')" 0
	equal "$(state_of c1)" running
}

# bats test_tags=vm_plain,vm_systemd
@test "update: fewer pids than there are: the next fork fails; more: it works again" {
	limit '{"pids": {"limit": 30}}'
	script 'for i in 1 2 3 4 5 6; do sleep 1000 & done; sleep 1000'
	make c1
	ok start c1
	wait_for "$KIN" --root "$ROOT" exec c1 sh -c 'true; true'
	ok update --pids-limit 5 c1
	k exec c1 sh -c 'true & wait'
	[ "$status" != 0 ] || fail "a process beyond the limit"
	ok update --pids-limit 30 c1
	ok exec c1 sh -c 'true & wait'
}

# bats test_tags=vm_plain,vm_systemd
@test "update: another CPU quota is what a burner gets" {
	script 'while :; do :; done'
	limit '{"cpu": {"quota": 80000, "period": 100000}}'
	make c1
	ok start c1
	sleep 1
	ok update --cpu-quota 20000 --cpu-period 100000 c1
	local a b
	a=$(file c1 cpu.stat | sed -n 's/^usage_usec //p') at=$(cut -d' ' -f1 /proc/uptime)
	sleep 6
	b=$(file c1 cpu.stat | sed -n 's/^usage_usec //p') then=$(cut -d' ' -f1 /proc/uptime)
	# In thousandths of a CPU, of the time that went by: 20 %, within a tenth of it.
	between "$(awk -v u=$((b - a)) -v t="$(awk "BEGIN { print $then - $at }")" 'BEGIN { printf "%d", u / t / 1000 }')" \
		175 225 'share of a CPU'
	ok update --cpu-quota=-1 c1
	a=$(file c1 cpu.stat | sed -n 's/^usage_usec //p') at=$(cut -d' ' -f1 /proc/uptime)
	sleep 3
	b=$(file c1 cpu.stat | sed -n 's/^usage_usec //p') then=$(cut -d' ' -f1 /proc/uptime)
	between "$(awk -v u=$((b - a)) -v t="$(awk "BEGIN { print $then - $at }")" 'BEGIN { printf "%d", u / t / 1000 }')" \
		400 1100 'share of a CPU without a quota'
}
