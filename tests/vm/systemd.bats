#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The systemd cgroup driver against a real systemd: the machine's for root, the user's own for everybody else, from below
# that and from a login session outside of it.  Limits are seen by what they do.

load ../helpers/kin

prepare() {
	sd=(systemctl)
	slice=system.slice
	[ "$KIN_MODE" = root ] || sd=(systemctl --user) slice=user.slice
	k_systemd=(--systemd-cgroup)
	# What systemd leaves in /run the first time is not ours to explain.
	if [ ! -e "$BATS_FILE_TMPDIR/reloaded" ]; then
		"${sd[@]}" daemon-reload
		if root_mode; then systemd-run --quiet --scope true; else systemd-run --user --quiet --scope --slice=$slice true; fi
		touch "$BATS_FILE_TMPDIR/reloaded"
	fi
}
# screate ID, srun: with the systemd driver.
screate() {
	ok "${k_systemd[@]}" create --bundle "$BUNDLE" "$1"
	eval "io_${1//[^A-Za-z0-9]/_}=\$io"
}
sruns() { # SCRIPT
	script "$1"
	CT=run-$((++ct_count))
	ok "${k_systemd[@]}" run --bundle "$BUNDLE" "$CT"
}
srunning() {
	args sleep 1000
	screate "$1"
	ok start "$1"
}
property() { # UNIT NAME
	"${sd[@]}" show --value -p "$2" "$1"
}
units() { # the ones of a test, in whatever state
	"${sd[@]}" list-units --all --no-legend --plain "*$1*" | awk '{ print $1 }'
}
no_unit() {
	equal "$(units "$1")" ''
}
cgroup_of() { # PID
	sed -n 's/^0:://p' "/proc/$1/cgroup"
}
mark=kinsd

# bats test_tags=vm_systemd,vm_user,vm_session,vm61
@test "a container is a scope with what was asked for, and gone with it" {
	local pid
	config '.linux.resources.pids.limit = 77 | .linux.resources.memory.limit = 67108864'
	srunning $mark-a
	pid=$(pid_of $mark-a)
	equal "$(units $mark-a)" kin-$mark-a.scope
	equal "$(property kin-$mark-a.scope ActiveState)" active
	equal "$(property kin-$mark-a.scope Slice)" "$slice"
	equal "$(property kin-$mark-a.scope Delegate)" yes
	equal "$(property kin-$mark-a.scope CollectMode)" inactive-or-failed
	equal "$(property kin-$mark-a.scope DefaultDependencies)" no
	has "$(property kin-$mark-a.scope Description)" "kin container $mark-a"
	equal "$(property kin-$mark-a.scope TasksMax)" 77
	equal "$(property kin-$mark-a.scope MemoryMax)" 67108864
	# The process is in it, as the kernel and as systemd say.
	like "$(cgroup_of "$pid")" "/$slice/kin-$mark-a.scope(/.*)?$"
	equal "$(cgroup_of "$pid")" "$(property kin-$mark-a.scope ControlGroup)"
	ok kill $mark-a KILL
	wait_state $mark-a stopped
	ok delete $mark-a
	no_unit $mark-a
}

# bats test_tags=vm_systemd,vm_user,vm_session
@test "the driver is on record: no later command repeats it, and force removes what runs" {
	srunning $mark-b
	ok exec $mark-b true
	ok ps $mark-b
	ok pause $mark-b
	equal "$(state_of $mark-b)" paused
	ok resume $mark-b
	ok delete --force $mark-b
	no_unit $mark-b
}

# bats test_tags=vm_systemd,vm_user,vm61
@test "without a limit a scope has none: not systemd's default number of tasks either" {
	srunning $mark-c
	equal "$(property kin-$mark-c.scope TasksMax)" infinity
	equal "$(cat "/sys/fs/cgroup$(cgroup_of "$(pid_of $mark-c)")/pids.max")" max
	ok delete --force $mark-c
}

# bats test_tags=vm_systemd,vm_user,vm_session
@test "limits hold: number of tasks" {
	config '.linux.resources.pids.limit = 12'
	script 'for i in $(seq 30); do sleep 3 & done; wait'
	k "${k_systemd[@]}" run --bundle "$BUNDLE" $mark-d
	has "$output$error" "can't fork"
	k delete --force $mark-d
}

# bats test_tags=vm_systemd,vm_user
@test "limits hold: memory; the unit of one that was killed for it is not left as failed" {
	config '.linux.resources.memory.limit = 25165824 | .linux.resources.memory.swap = 25165824'
	script 'head -c 100m /dev/zero | tail'
	may_be_killed=1 # not by us
	k "${k_systemd[@]}" run --bundle "$BUNDLE" $mark-e
	equal "$status" 137 "$error"
	has "$error" "out of memory"
	k delete --force $mark-e
	no_unit $mark-e
}

# bats test_tags=vm_systemd,vm_user
@test "update changes the limit in force and the property alike" {
	local i group
	config '.linux.resources.pids.limit = 77 | .linux.resources.cpu.shares = 1024'
	srunning $mark-f
	group=/sys/fs/cgroup$(cgroup_of "$(pid_of $mark-f)")
	ok update --pids-limit 3 --cpu-quota 20000 --cpu-period 100000 --memory 50331648 $mark-f
	equal "$(property kin-$mark-f.scope TasksMax)" 3
	equal "$(property kin-$mark-f.scope CPUQuotaPerSecUSec)" 200ms
	equal "$(property kin-$mark-f.scope MemoryMax)" 50331648
	equal "$(<"$group/cpu.max")" '20000 100000'
	k exec $mark-f sh -c 'for i in 1 2 3 4 5; do sleep 1 & done; wait'
	has "$output$error" "can't fork"
	# systemd keeps to it when it reads everything anew.
	"${sd[@]}" daemon-reload
	equal "$(<"$group/pids.max")" 3
	ok update --pids-limit -1 $mark-f
	equal "$(property kin-$mark-f.scope TasksMax)" infinity
	ok exec $mark-f sh -c 'for i in 1 2 3 4 5; do sleep 1 & done; wait'
	ok delete --force $mark-f
	no_unit $mark-f
}

# bats test_tags=vm_systemd,vm_user
@test "cgroupsPath is slice, prefix and name" {
	local pid
	config ".linux.cgroupsPath = \"$mark-x.slice:libpod:abc\""
	srunning $mark-g
	equal "$(units libpod-abc)" libpod-abc.scope
	equal "$(property libpod-abc.scope Slice)" $mark-x.slice
	pid=$(pid_of $mark-g)
	like "$(cgroup_of "$pid")" "/$mark.slice/$mark-x.slice/libpod-abc.scope$"
	ok delete --force $mark-g
	no_unit libpod-abc
	"${sd[@]}" stop $mark.slice
	config '.linux.cgroupsPath = "/kin/c1"'
	fails "${k_systemd[@]}" create --bundle "$BUNDLE" $mark-g
	has "$error" '/linux/cgroupsPath: expected cgroupsPath to be of format'
	config '.linux.cgroupsPath = "a/../b.slice:x:y"'
	fails "${k_systemd[@]}" create --bundle "$BUNDLE" $mark-g
	has "$error" '/linux/cgroupsPath: '
}

# bats test_tags=vm_systemd,vm_user,vm61
@test "annotations are properties" {
	config '.annotations = {"org.systemd.property.TimeoutStopSec": "7.5",
		"org.systemd.property.Documentation": "['"'"'man:kin(8)'"'"']",
		"org.systemd.property.CPUWeight": "uint64 33", "other": "x"}'
	srunning $mark-h
	equal "$(property kin-$mark-h.scope TimeoutStopUSec)" 7.500000s
	has "$(property kin-$mark-h.scope Documentation)" 'man:kin(8)'
	equal "$(property kin-$mark-h.scope CPUWeight)" 33
	ok delete --force $mark-h
	no_unit $mark-h
}

# bats test_tags=vm_systemd,vm_user
@test "an annotation that is wrong is an error that names it, and nothing is left" {
	config '.annotations = {"org.systemd.property.CPUWeight": "many"}'
	fails "${k_systemd[@]}" create --bundle "$BUNDLE" $mark-i
	has "$error" /annotations/org.systemd.property.CPUWeight
	# Well-formed, and systemd does not know it.
	config '.annotations = {"org.systemd.property.NoSuchThing": "true"}'
	fails "${k_systemd[@]}" create --bundle "$BUNDLE" $mark-i
	has "$error" /annotations/org.systemd.property.NoSuchThing
	no_unit $mark-i
	equal "$(state_of $mark-i)" none
}

# bats test_tags=vm_systemd,vm_user
@test "a property that this systemd does not have yet does not fail the start" {
	# memory.zswap.max is MemoryZSwapMax since 253, and cpu.idle since 252.
	config '.linux.resources.unified = {"memory.zswap.max": "4096"} | .linux.resources.cpu.idle = 1'
	srunning $mark-j
	equal "$(cat "/sys/fs/cgroup$(cgroup_of "$(pid_of $mark-j)")/memory.zswap.max")" 4096
	equal "$(cat "/sys/fs/cgroup$(cgroup_of "$(pid_of $mark-j)")/cpu.idle")" 1
	ok delete --force $mark-j
}

without_systemd() { # ARGS...: kin, which is to fail where neither systemd's socket nor the bus is to be seen
	if root_mode; then
		printf '#!/bin/sh\nexec unshare -m sh -c '\''mount -t tmpfs none /run/systemd && mount -t tmpfs none /run/dbus &&
			exec "$0" "$@"'\'' %q "$@"\n' "$KIN" >"$T/kin"
		chmod 0755 "$T/kin"
		KIN=$T/kin fails "$@"
	else
		XDG_RUNTIME_DIR=$T/none fails "$@"
	fi
}

# bats test_tags=vm_systemd,vm_user
@test "update: all or nothing, whether the kernel refuses a limit or systemd cannot be told" {
	local group
	config '.linux.resources += {pids: {limit: 77}, memory: {limit: 67108864}, cpu: {quota: 50000, period: 100000}}'
	if root_mode; then
		config '.linux.devices = [{path: "/dev/x", type: "b", major: $ma, minor: $mi, fileMode: 438}]' \
			--argjson ma $((0x$(stat -c %t /dev/vda))) --argjson mi $((0x$(stat -c %T /dev/vda)))
	fi
	srunning $mark-q
	group=/sys/fs/cgroup$(cgroup_of "$(pid_of $mark-q)")
	as_before() {
		equal "$(<"$group/memory.max") $(<"$group/pids.max") $(<"$group/cpu.max")" '67108864 77 50000 100000'
		equal "$(property kin-$mark-q.scope MemoryMax) $(property kin-$mark-q.scope TasksMax)" '67108864 77'
		equal "$(property kin-$mark-q.scope CPUQuotaPerSecUSec)" 500ms
	}
	# The fourth write fails, after three that did not.
	echo '{"memory": {"limit": 100663296}, "cpu": {"quota": 70000, "period": 100000}, "pids": {"limit": 30},
		"unified": {"memory.oom.group": "2"}}' >"$T/resources"
	fails update --resources "$T/resources" $mark-q
	has "$error" memory.oom.group
	as_before
	# The kernel took everything, and then nobody is there to be told.
	echo '{"memory": {"limit": 100663296}, "cpu": {"quota": 70000, "period": 100000}, "pids": {"limit": 30},
		"devices": [{"allow": true, "access": "rwm"}]}' >"$T/resources"
	without_systemd update --resources "$T/resources" $mark-q
	has "$error" "systemd cannot be reached"
	as_before
	# Nor did kin's own rules change, as is seen where systemd's let everything through.
	if root_mode; then
		systemctl set-property --runtime kin-$mark-q.scope DevicePolicy=auto DeviceAllow=
		ok exec $mark-q sh -c '! (exec 3</dev/x)'
	fi
	ok update --resources "$T/resources" $mark-q
	if root_mode; then ok exec $mark-q sh -c 'exec 3</dev/x'; fi
	equal "$(<"$group/memory.max") $(property kin-$mark-q.scope TasksMax)" '100663296 30'
	ok delete --force $mark-q
	no_unit $mark-q
}
# bats test_tags=vm_systemd
@test "devices: systemd's own filter lets through what the container may use, and the rest stays shut" {
	local node=/dev/cpu_dma_latency major minor # one that root needs no capability for
	major=$((0x$(stat -c %t $node))) minor=$((0x$(stat -c %T $node)))
	config '.linux.devices = [{path: "/dev/x", type: "c", major: $major, minor: $minor, fileMode: 438}] |
		.linux.resources.devices = [{allow: false, access: "rwm"},
			{allow: true, type: "c", major: $major, minor: $minor, access: "r"}]' \
		--argjson major $major --argjson minor $minor
	script 'head -c 1 /dev/zero | wc -c; echo x >/dev/null && echo null
		(exec 3</dev/x) && echo read; (exec 3<>/dev/x) || echo no-write; sleep 1000'
	screate $mark-k
	equal "$(property kin-$mark-k.scope DevicePolicy)" strict
	has "$(property kin-$mark-k.scope DeviceAllow)" "/dev/char/$major:$minor r"
	ok start $mark-k
	wait_for grep -q no-write "$io_kinsd_k.out"
	equal "$(tr '\n' ' ' <"$io_kinsd_k.out")" '1 null read no-write '
	# systemd reads its units anew: nothing is taken away by that.
	systemctl daemon-reload
	ok exec $mark-k sh -c 'exec 3</dev/x; echo x >/dev/null'
	# Both filters follow an update, in both directions.
	echo '{"devices": [{"allow": false, "access": "rwm"}]}' >"$T/none.json"
	ok update --resources "$T/none.json" $mark-k
	hasnt "$(property kin-$mark-k.scope DeviceAllow)" "/dev/char/$major:$minor"
	k exec $mark-k sh -c 'exec 3</dev/x'
	[ "$status" != 0 ] || fail "it can still be opened"
	echo '{"devices": [{"allow": true, "access": "rwm"}]}' >"$T/all.json"
	ok update --resources "$T/all.json" $mark-k
	equal "$(property kin-$mark-k.scope DevicePolicy)" auto
	ok exec $mark-k sh -c 'exec 3<>/dev/x'
	ok delete --force $mark-k
}

# bats test_tags=vm_systemd,vm_user
@test "a unit of that name which lives is not touched; one that failed is made room for" {
	local run=(systemd-run --quiet)
	[ "$KIN_MODE" = root ] || run+=(--user)
	args sleep 1000
	"${run[@]}" --unit=kin-$mark-l.service true # something started that the oracle would see
	"${run[@]}" --scope --collect --unit=kin-$mark-l.scope sleep 60 &
	wait_for "${sd[@]}" is-active kin-$mark-l.scope
	fails "${k_systemd[@]}" create --bundle "$BUNDLE" $mark-l
	has "$error" "unit kin-$mark-l.scope exists already"
	equal "$(state_of $mark-l)" none
	equal "$("${sd[@]}" is-active kin-$mark-l.scope)" active
	"${sd[@]}" stop kin-$mark-l.scope
	# Left over, failed: nobody collects it.
	"${run[@]}" --scope --unit=kin-$mark-l.scope -p RuntimeMaxSec=1 sleep 60 || :
	wait_for "${sd[@]}" is-failed kin-$mark-l.scope
	srunning $mark-l
	equal "$(property kin-$mark-l.scope ActiveState)" active
	ok delete --force $mark-l
	no_unit kin-$mark-l.scope
}

# bats test_tags=vm_systemd,vm_user
@test "a container whose unit somebody stopped is stopped, and can be deleted" {
	srunning $mark-m
	"${sd[@]}" stop kin-$mark-m.scope
	wait_state $mark-m stopped
	ok delete $mark-m
	no_unit $mark-m
}

# bats test_tags=vm_user,vm_session
@test "no systemd: an error that says where it was looked for, and nothing is left" {
	args true
	mkdir "$T/none"
	export XDG_RUNTIME_DIR=$T/none
	fails "${k_systemd[@]}" create --bundle "$BUNDLE" $mark-n
	has "$error" "systemd cannot be reached: connect to $T/none/systemd/private: no such file or directory"
	equal "$(state_of $mark-n)" none
	export XDG_RUNTIME_DIR=/run/user/$(id -u)
	no_unit $mark-n
}

# A create that is killed when it has asked systemd, and before it knows the answer.
killed_create() { # ID
	local dir=$T/$1
	mkdir -p "$dir/systemd"
	"$HELPERS/recvtty" "$dir/systemd/private" --ignore >/dev/null 2>&1 &
	wait_for test -S "$dir/systemd/private"
	XDG_RUNTIME_DIR=$dir "$KIN" --root "$ROOT" "${k_systemd[@]}" create --bundle "$BUNDLE" "$1" </dev/null >/dev/null 2>&1 &
	wait_for pgrep -P $! -f kin-systemd
	kill -9 $!
	wait $! || :
	equal "$(state_of "$1")" creating
}

# bats test_tags=vm_user
@test "create killed before it knew whose the unit is: force removes its own, and leaves another's alone" {
	local run=(systemd-run --user --quiet --scope --collect --slice=user.slice)
	args sleep 1000
	"${run[@]}" --unit=kin-$mark-r.scope sleep 1000 &
	wait_for systemctl --user is-active kin-$mark-r.scope
	killed_create $mark-r
	ok delete --force $mark-r
	equal "$(state_of $mark-r)" none
	equal "$(systemctl --user is-active kin-$mark-r.scope)" active
	[ -n "$(cat "/sys/fs/cgroup$(property kin-$mark-r.scope ControlGroup)/cgroup.procs")" ]
	systemctl --user stop kin-$mark-r.scope
	# systemd made it, and nobody marked it.
	killed_create $mark-s
	"${run[@]}" --unit=kin-$mark-s.scope --description="kin container $mark-s ($ROOT)" sleep 1000 &
	wait_for systemctl --user is-active kin-$mark-s.scope
	ok delete --force $mark-s
	equal "$(state_of $mark-s)" none
	no_unit $mark-s
}

# bats test_tags=vm_session,vm_user,vm_systemd
@test "exec from another cgroup is in the container's unit" {
	local pid
	srunning $mark-o
	hasnt "$(</proc/self/cgroup)" kin-$mark-o
	ok exec --detach --pid-file "$T/pid" $mark-o sleep 1000
	pid=$(<"$T/pid")
	equal "$(cgroup_of "$pid")" "$(property kin-$mark-o.scope ControlGroup)"
	ok delete --force $mark-o
	[ ! -d "/proc/$pid" ] || [ "$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$pid/status")" = Z ]
}

subgroup() { # SUBGROUP [DELEGATED]
	config '.annotations["run.oci.systemd.subgroup"] = $v' --arg v "$1"
	[ -z "${2-}" ] || config '.annotations["run.oci.delegate-cgroup"] = $v' --arg v "$2"
}
has_two() { # ID
	ok ps --format json "$1"
	[ "$(jq length <<<"$output")" = 2 ]
}
exec_cgroup() { # ID: where exec is, on the host
	ok exec --detach --pid-file "$T/exec.pid" "$1" sleep 500
	cgroup_of "$(<"$T/exec.pid")"
}

# bats test_tags=vm_systemd,vm_user,vm_session
@test "subgroup: the container is below its scope, which has the limits and is what commands act on" {
	local scope
	config '.linux.resources.pids.limit = 30 | .linux.resources.memory.limit = 67108864'
	subgroup sub
	srunning $mark-u
	like "$(cgroup_of "$(pid_of $mark-u)")" "/kin-$mark-u.scope/sub$"
	scope=/sys/fs/cgroup$(property kin-$mark-u.scope ControlGroup)
	equal "$(property kin-$mark-u.scope TasksMax)" 30
	equal "$(<"$scope/pids.max") $(<"$scope/memory.max")" '30 67108864'
	# They are seen inside, where they are the root's.
	ok exec $mark-u cat /proc/self/cgroup /sys/fs/cgroup/pids.max /sys/fs/cgroup/memory.max
	equal "$output" $'0::/\n30\n67108864'
	like "$(exec_cgroup $mark-u)" "/kin-$mark-u.scope/sub$"
	ok update --pids-limit 4 --memory 50331648 $mark-u
	equal "$(<"$scope/pids.max") $(<"$scope/sub/pids.max") $(<"$scope/sub/memory.max")" '4 4 50331648'
	equal "$(property kin-$mark-u.scope TasksMax)" 4
	k exec $mark-u sh -c 'for i in 1 2 3 4 5; do sleep 1 & done; wait'
	has "$output$error" "can't fork"
	ok pause $mark-u
	equal "$(state_of $mark-u)" paused
	has "$(<"$scope/cgroup.events")" 'frozen 1'
	ok resume $mark-u
	ok events --stats $mark-u
	equal "$(jq .data.pids.limit <<<"$output")" 4
	wait_for has_two $mark-u # those that could be forked above end by themselves
	ok kill --all $mark-u KILL
	wait_state $mark-u stopped
	ok delete $mark-u
	no_unit $mark-u
	[ ! -e "$scope" ] || fail "$scope is left"
}

# bats test_tags=vm_systemd,vm_user,vm_session
@test "subgroup and delegate-cgroup: limits above, controllers within, exec beside init" {
	local scope
	config '.linux.resources.pids.limit = 30'
	subgroup a/b payload
	srunning $mark-v
	like "$(cgroup_of "$(pid_of $mark-v)")" "/kin-$mark-v.scope/a/b/payload$"
	scope=/sys/fs/cgroup$(property kin-$mark-v.scope ControlGroup)
	equal "$(<"$scope/pids.max") $(<"$scope/a/b/pids.max") $(<"$scope/a/b/payload/pids.max")" '30 30 max'
	has " $(<"$scope/a/b/payload/cgroup.controllers") " ' memory '
	ok exec $mark-v cat /proc/self/cgroup /sys/fs/cgroup/pids.max
	equal "$output" $'0::/payload\n30'
	like "$(exec_cgroup $mark-v)" "/kin-$mark-v.scope/a/b/payload$"
	ok delete --force $mark-v
	no_unit $mark-v
	[ ! -e "$scope" ] || fail "$scope is left"
}

# bats test_tags=vm_systemd,vm_user
@test "delegate-cgroup below the scope itself; and the payload that gives controllers on is still found by exec" {
	local scope
	config '(.mounts[] | select(.type == "cgroup").options) -= ["ro"]'
	subgroup '' payload
	args sh -c 'cd /sys/fs/cgroup/payload && mkdir leaf && echo $$ >leaf/cgroup.procs &&
		echo +memory >cgroup.subtree_control && echo ready; exec sleep 1000'
	screate $mark-w
	ok start $mark-w
	wait_for grep -q ready "$io_kinsd_w.out" || fail "$(said $mark-w)"
	like "$(cgroup_of "$(pid_of $mark-w)")" "/kin-$mark-w.scope/payload/leaf$"
	like "$(exec_cgroup $mark-w)" "/kin-$mark-w.scope/payload/leaf$"
	ok delete --force $mark-w
	no_unit $mark-w
}

# bats test_tags=vm_systemd,vm_user
@test "subgroup: a create that was killed is undone by force, unit and all" {
	subgroup sub payload
	config '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "kill -9 $PPID; sleep 1"], env: ["PATH=/usr/bin:/bin"]}]'
	args true
	may_be_killed=1
	k "${k_systemd[@]}" create --bundle "$BUNDLE" $mark-x
	equal "$status" 137
	ok delete --force $mark-x
	no_unit $mark-x
}
