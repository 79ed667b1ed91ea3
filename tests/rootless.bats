#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is particular to users that are not root; the other files run as them too.
load helpers/kin

# bats test_tags=rootless,smoke
@test "rootless: root inside, the user outside" {
	config '.root.readonly = false'
	runs 'id -u; touch /tmp/mine; stat -c %u /tmp/mine'
	equal "$output" $'0\n0'
	equal "$(stat -c %u "$BUNDLE/rootfs/tmp/mine")" "$(id -u)"
}

# bats test_tags=rootless
@test "rootless: without a user namespace in the configuration one is made" {
	config '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings) |
		(.mounts[] | select(.type == "devpts").options) -= ["gid=5"]'
	runs 'id -u'
	equal "$output" 0
}

# bats test_tags=rootless
@test "rootless: devpts gid=5 where 5 is not mapped is left out, not an error" {
	[ "$KIN_MODE" = plain ] || return 0
	config '(.mounts[] | select(.type == "devpts").options) += ["gid=5"]'
	runs 'grep devpts /proc/mounts'
	hasnt "$output" "gid=5"
}

# bats test_tags=subuid
@test "rootless: ranges of /etc/subuid, by newuidmap" {
	runs 'tr -s " " </proc/self/uid_map; tr -s " " </proc/self/gid_map; cat /proc/self/setgroups'
	equal "$(sed -n 1p <<<"$output")" " 0 $(id -u) 1"
	equal "$(sed -n 2p <<<"$output")" " 1 1000000 65535"
	equal "$(tail -n 1 <<<"$output")" allow
	config '.process.user = {uid: 1000, gid: 1000, additionalGids: [7]}'
	runs 'id -u; id -G'
	equal "$(sed -n 1p <<<"$output")" 1000
}

# bats test_tags=subuid
@test "rootless: a range that is not the user's is refused, with newuidmap's reason" {
	config '.linux.uidMappings[1].hostID = 5000000'
	args true
	fails run --bundle "$BUNDLE" c1
	like "$error" 'newuidmap|uid_map|mapping'
	clean
}

# bats test_tags=rootless
@test "rootless: without ranges, one mapping: setgroups is denied, and other ids are refused" {
	[ "$KIN_MODE" = plain ] || return 0
	runs 'tr -s " " </proc/self/uid_map; cat /proc/self/setgroups'
	equal "$output" " 0 $(id -u) 1"$'\n'deny
	config '.process.user.additionalGids = [7]'
	args true
	fails run --bundle "$BUNDLE" c1
	clean
	config '.process.user.additionalGids = [0]' # its own: nothing is asked for
	ok run --bundle "$BUNDLE" c2
}

# bats test_tags=rootless
@test "rootless: mapping of somebody else's uid is refused" {
	[ "$KIN_MODE" = plain ] || return 0
	config '.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}]'
	args true
	fails run --bundle "$BUNDLE" c1
	clean
}

# bats test_tags=rootless
@test "rootless: the configuration that spec --rootless gives" {
	mkdir "$T/new"
	ok spec --rootless --bundle "$T/new"
	jq '.process.terminal = false | .process.args = ["sh", "-c", "id -u; ls /sys/class >/dev/null && echo sys"]' "$T/new/config.json" >"$BUNDLE/config.json"
	run_c
	equal "$output" $'0\nsys'
}

# bats test_tags=rootless,smoke
@test "rootless: the whole life" {
	args sleep 1000
	create c1
	equal "$(state_of c1)" created
	ok start c1
	ok exec c1 id -u
	equal "$output" 0
	ok ps --format json c1
	ok list -q
	equal "$output" c1
	ok kill c1 KILL
	wait_state c1 stopped
	ok delete c1
	clean
}

# bats test_tags=rootless
@test "rootless: no cgroup was delegated: containers go without, and the host's tree is not writable in them" {
	config '(.mounts[] | select(.type == "cgroup").options) = ["rw"]'
	runs 'mkdir /sys/fs/cgroup/x 2>/dev/null; echo $?'
	if [ ! -w /sys/fs/cgroup/runner ]; then
		like "$output" '[0-9]'
		[ ! -d /sys/fs/cgroup/x ] && [ ! -d /sys/fs/cgroup/runner/x ]
	fi
	clean
}

# bats test_tags=rootless
@test "rootless: without a cgroup namespace the host's tree is read-only (CVE-2023-25809)" {
	config '.linux.namespaces |= map(select(.type != "cgroup"))'
	args sh -c 'mkdir /sys/fs/cgroup/x 2>&1; mkdir /sys/fs/cgroup/runner/x 2>&1; true'
	k run --bundle "$BUNDLE" c1
	[ ! -d /sys/fs/cgroup/x ] && [ ! -d /sys/fs/cgroup/runner/x ]
	clean
}

# bats test_tags=rootless
@test "rootless: the host's network: a namespace less, /sys bound" {
	config '.linux.namespaces |= map(select(.type != "network")) |
		(.mounts[] | select(.destination == "/sys")) = {destination: "/sys", type: "bind", source: "/sys", options: ["rbind","nosuid","noexec","nodev","ro"]} |
		.mounts |= map(select(.destination != "/sys/fs/cgroup"))'
	runs 'ls /sys/class/net | head -n 1'
	[ -n "$output" ]
}

# bats test_tags=rootless
@test "rootless: devices are the host's, bound, and usable" {
	runs 'echo x >/dev/null && head -c 4 /dev/zero | wc -c; stat -c %t:%T /dev/null'
	equal "$output" $'4\n1:3'
}

# bats test_tags=rootless
@test "rootless: locked flags of the source are kept on a bind" {
	[ "$KIN_MODE" != userns ] || return 0
	# /run is nosuid,nodev in the view: a read-only bind of it must keep that or fail with EPERM.
	[ -n "$KIN_VIEW" ] || return 0
	config '.mounts += [{destination: "/hostrun", type: "bind", source: "/run/lock", options: ["bind","ro"]}]'
	runs 'grep " /hostrun " /proc/mounts'
	like "$output" 'ro,nosuid,nodev'
}

# bats test_tags=rootless
@test "rootless: a privileged helper is called with absolute path and empty environment" {
	[ "$KIN_MODE" = user ] || return 0
	mkdir "$T/bin"
	printf '#!/bin/sh\ntouch %s/pwned\n' "$T" >"$T/bin/newuidmap"
	chmod 755 "$T/bin/newuidmap"
	cp "$T/bin/newuidmap" "$T/bin/newgidmap"
	args true
	PATH="$T/bin:$PATH" run_c
	[ ! -e "$T/pwned" ]
}

# bats test_tags=root
@test "rootless: a delegated cgroup is used" {
	local dir=/sys/fs/cgroup/delegated config
	# As systemd does it: the directory and its procs file are the user's.
	mkdir -p $dir/shell
	chown -R 61001 $dir
	chmod 0755 "$T" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$BATS_FILE_TMPDIR" 2>/dev/null || :
	config=$(KIN_MODE=plain config_base)
	jq '.linux.uidMappings[0].hostID = 61001 | .linux.gidMappings[0].hostID = 61001 | .process.args = ["sleep", "1000"]' <<<"$config" >"$BUNDLE/config.json"
	chown -R 61001:61001 "$BUNDLE"
	install -d -o 61001 -g 61001 -m 0700 "$ROOT"
	cat >"$T/do.sh" <<-END
		echo \$\$ >$dir/shell/cgroup.procs
		exec setpriv --reuid 61001 --regid 61001 --clear-groups --inh-caps=-all env -i HOME=/tmp/kinplain XDG_RUNTIME_DIR=/run/user/61001 \
			PATH=/usr/bin:/bin sh -c '"$KIN" --root "$ROOT" create --bundle "$BUNDLE" c1 && "$KIN" --root "$ROOT" start c1 &&
			"$KIN" --root "$ROOT" state c1'
	END
	sh "$T/do.sh" </dev/null >"$T/out" 2>"$T/err" || fail "$(<"$T/err")"
	local pid
	pid=$(sed -n '/^{/,$p' "$T/out" | jq .pid)
	like "$(sed -n 's/^0:://p' "/proc/$pid/cgroup")" '^/delegated/'
	echo "echo \$\$ >$dir/shell/cgroup.procs; exec setpriv --reuid 61001 --regid 61001 --clear-groups --inh-caps=-all env -i XDG_RUNTIME_DIR=/run/user/61001 $KIN --root $ROOT delete --force c1" >"$T/do.sh"
	sh "$T/do.sh" </dev/null >"$T/out" 2>"$T/err" || fail "$(<"$T/err")"
	equal "$(find $dir -mindepth 1 -type d)" $dir/shell
	rmdir $dir/shell $dir
	rm -rf "${ROOT:?}"
}

# The user may write to it, the container with his id may not.
# bats test_tags=root
@test "rootless: without a cgroup namespace the tree that was delegated to the user is out of reach (CVE-2023-25809)" {
	local dir=/sys/fs/cgroup/delegated
	mkdir -p $dir/shell
	chown -R 61001 $dir
	chmod 0755 "$T" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* "$BATS_FILE_TMPDIR" 2>/dev/null || :
	KIN_MODE=plain config_base | jq '.linux.uidMappings[0].hostID = 61001 | .linux.gidMappings[0].hostID = 61001 |
		.linux.namespaces |= map(select(.type != "cgroup")) | (.mounts[] | select(.type == "cgroup").options) -= ["ro"] |
		.process.args = ["sh", "-c", "mkdir /sys/fs/cgroup/x /sys/fs/cgroup/delegated/x 2>/dev/null; ls -d /sys/fs/cgroup/delegated"]' >"$BUNDLE/config.json"
	chown -R 61001:61001 "$BUNDLE"
	install -d -o 61001 -g 61001 -m 0700 "$ROOT"
	cat >"$T/do.sh" <<-END
		echo \$\$ >$dir/shell/cgroup.procs
		exec setpriv --reuid 61001 --regid 61001 --clear-groups --inh-caps=-all env -i HOME=/tmp/kinplain XDG_RUNTIME_DIR=/run/user/61001 \
			PATH=/usr/bin:/bin "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1
	END
	sh "$T/do.sh" </dev/null >"$T/out" 2>"$T/err" || has "$(<"$T/err")" "No such file"
	equal "$(find $dir -mindepth 1 -type d)" $dir/shell
	[ ! -e /sys/fs/cgroup/x ]
	rmdir $dir/shell $dir
	rm -rf "${ROOT:?}"
}
