#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A sub-cgroup of its own for the container to manage (run.oci.delegate-cgroup), without systemd.
load helpers/kin

delegate() { # PATH
	config '.annotations["run.oci.delegate-cgroup"] = $v' --arg v "$1"
}
of() { # PID: its cgroup, below the mount
	sed -n 's/^0:://p' "/proc/$1/cgroup"
}
# A container whose cgroup is /delegated, with a program that waits.
delegated() { # ID PATH
	config '.linux.cgroupsPath = "/delegated"'
	delegate "$2"
	args sh -c 'sed -n "s/^0:://p" /proc/self/cgroup; exec sleep 1000'
	create "$1"
	ok start "$1"
}
top=/sys/fs/cgroup/delegated

# bats test_tags=root,smoke
@test "delegate-cgroup: init and exec are in it, the container's cgroup is the namespace's root" {
	delegated c1 payload
	equal "$(of "$(pid_of c1)")" /delegated/payload
	equal "$(said c1)" /payload
	equal "$(<$top/cgroup.procs)" ''
	ok exec c1 sed -n 's/^0:://p' /proc/self/cgroup
	equal "$output" /payload
	# What the container is asked for is the whole of it.
	ok exec --detach c1 sleep 1000
	ok ps --format json c1
	equal "$(jq length <<<"$output")" 2
	ok pause c1
	equal "$(state_of c1)" paused
	has "$(<$top/payload/cgroup.events)" "frozen 1"
	ok resume c1
	ok kill --all c1 KILL
	wait_state c1 stopped
	wait_for grep -qx 'populated 0' $top/cgroup.events
	ok delete c1
	[ ! -e $top ] || fail "$top is left"
	clean
}

# bats test_tags=root
@test "delegate-cgroup: before any hook runs, with and without a cgroup namespace, of run too" {
	local k
	for k in createRuntime createContainer; do
		config '.hooks[$k] = [{path: "/bin/sh", args: ["sh", "-c", $s], env: ["PATH=/usr/bin:/bin"]}]' --arg k $k \
			--arg s "sed -n 's/^0:://p' /proc/\$(jq .pid)/cgroup >>$T/hooks"
	done
	config '.linux.cgroupsPath = "/delegated" | .linux.namespaces |= map(select(.type != "cgroup"))'
	delegate //one/./two/
	runs 'sed -n "s/^0:://p" /proc/self/cgroup'
	equal "$output" /delegated/one/two
	equal "$(<"$T/hooks")" $'/delegated/one/two\n/delegated/one/two'
	delegate .
	runs 'sed -n "s/^0:://p" /proc/self/cgroup'
	equal "$output" /delegated
	clean
}

# bats test_tags=root
@test "delegate-cgroup: in a user namespace it is the container's root's, who makes sub-cgroups and moves there" {
	config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 1000000, size: 65536}]
		| .linux.gidMappings = .linux.uidMappings
		| (.mounts[] | select(.type == "cgroup").options) -= ["ro"]'
	chmod 0711 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR/test"
	config '.linux.cgroupsPath = "/delegated"'
	delegate payload
	args sh -c 'mkdir /sys/fs/cgroup/payload/mine && echo $$ >/sys/fs/cgroup/payload/mine/cgroup.procs &&
		sed -n "s/^0:://p" /proc/self/cgroup; exec sleep 1000'
	create c1
	equal "$(stat -c %u $top/payload)" 1000000
	ok start c1
	wait_for test -s "${io_c1}.out"
	equal "$(said c1)" /payload/mine
	# exec finds the way although its place is left.
	ok exec c1 sed -n 's/^0:://p' /proc/self/cgroup
	equal "$output" /payload
	ok delete --force c1
	[ ! -e $top ] || fail "$top is left"
	clean
}

# bats test_tags=root
@test "delegate-cgroup: exec goes where init is when the container has removed it" {
	delegated c1 payload
	mkdir $top/other
	echo "$(pid_of c1)" >$top/other/cgroup.procs
	rmdir $top/payload
	ok exec c1 sed -n 's/^0:://p' /proc/self/cgroup
	equal "$output" /other
	ok delete --force c1
	clean
}

# bats test_tags=root
@test "delegate-cgroup: a create that was killed is undone by force; one that fails undoes itself" {
	config '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "kill -9 $PPID; sleep 1"], env: ["PATH=/usr/bin:/bin"]}]
		| .linux.cgroupsPath = "/delegated"'
	delegate payload
	args true
	may_be_killed=1
	k create --bundle "$BUNDLE" c1
	equal "$status" 137
	[ -d $top/payload ] || fail "killed too early"
	ok delete --force c1
	[ ! -e $top ] || fail "$top is left"
	config 'del(.hooks)'
	args /nosuch
	fails create --bundle "$BUNDLE" c2
	[ ! -e $top ] || fail "$top is left"
	clean
}

@test "sub-cgroups: values that are no paths below the container's cgroup, and none without a cgroup" {
	local key v
	args true
	for key in run.oci.delegate-cgroup run.oci.systemd.subgroup; do
		for v in .. a/../b ../a cgroup.procs a/cgroup.x $'a\nb' "$(printf '%0256d' 0)"; do
			config 'del(.annotations) | .annotations[$k] = $v' --arg k $key --arg v "$v"
			fails create --bundle "$BUNDLE" c1
			has "$error" "/annotations/$key"
		done
	done
	config 'del(.annotations)'
	delegate payload
	fails --cgroup-manager disabled create --bundle "$BUNDLE" c1
	has "$error" "/annotations/run.oci.delegate-cgroup: no cgroup for this container"
	# Without systemd there is no scope to have one below.
	config '.annotations = {"run.oci.systemd.subgroup": "sub"}'
	args sh -c 'exit 7'
	k run --bundle "$BUNDLE" c1
	equal "$status" 7
	clean
}
