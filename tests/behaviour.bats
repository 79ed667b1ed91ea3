#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What a runtime gets subtly wrong: order, ownership, and what is still the host's when user code first runs.
load helpers/kin

shell_hook() { # KIND SCRIPT
	config '.hooks[$k] += [{path: "/bin/sh", args: ["sh", "-c", $s], env: ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"]}]' --arg k "$1" --arg s "$2"
}

# Whoever asks from within a hook finds the container on record, with its process.
@test "behaviour: the state is on record before any hook runs" {
	shell_hook createRuntime "jq .pid >$T/pid; '$KIN' --root '$ROOT' state c1 >$T/answer"
	args true
	create c1
	equal "$(jq -r .status "$T/answer")" creating
	equal "$(jq .pid "$T/answer")" "$(<"$T/pid")"
	equal "$(pid_of c1)" "$(<"$T/pid")"
	ok delete c1
}

# bats test_tags=root
@test "behaviour: the process is in its cgroup, with its limits, before any hook runs" {
	[ -e /sys/fs/cgroup/cgroup.procs ] || skip "no cgroup v2"
	config '.linux.resources.unified = {"cgroup.max.descendants": "7"}'
	shell_hook prestart "p=\$(jq .pid); c=/sys/fs/cgroup\$(sed -n 's/^0:://p' /proc/\$p/cgroup); echo \$c >$T/cgroup; cat \$c/cgroup.max.descendants >$T/limit"
	running c1
	equal "$(<"$T/cgroup")" "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(pid_of c1)/cgroup")"
	equal "$(<"$T/limit")" 7
	[ "$(sed -n 's/^0:://p' /proc/self/cgroup)" != "$(sed -n 's/^0:://p' "/proc/$(pid_of c1)/cgroup")" ]
}

# CVE-2019-5736: what a created init executes is no file of the host's, and nobody can write it.
@test "behaviour: init's own program is a sealed memory file, not the host's" {
	args true
	create c1
	local exe
	exe=/proc/$(pid_of c1)/exe
	like "$(readlink "$exe")" '^/memfd:'
	if (: >>"$exe") 2>/dev/null; then fail "the program of init can be written"; fi
	ok delete c1
}

@test "behaviour: nothing of the runtime can be reached while exec enters the container" {
	# A process of the container looks at everything that comes, and tries to open what it executes.
	script 'while :; do for p in /proc/[0-9]*; do [ "$p" = /proc/1 ] || readlink $p/exe; done; done 2>/dev/null | grep -v /bin/ >/tmp/seen'
	config '.root.readonly = false | .process.noNewPrivileges = false'
	create c1
	ok start c1
	local i
	for i in 1 2 3 4 5 6 7 8 9 10; do ok exec c1 true; done
	ok kill c1 KILL
	wait_state c1 stopped
	# A memory file in the moment before the program; never a path of the host's.
	equal "$(grep -v '^/memfd:' "$BUNDLE/rootfs/tmp/seen" | head -n 1)" ""
	ok delete c1
}

@test "behaviour: exec has the session keyring of the container, and --no-new-keyring leaves the caller's" {
	script 'head -n 50 /proc/keys >/dev/null 2>&1; sleep 1000'
	config '.linux.maskedPaths -= ["/proc/keys"]'
	create c1
	ok start c1
	k exec c1 cat /proc/keys
	[ "$status" = 0 ] || skip "no /proc/keys"
	equal "$(grep -c '_ses\.c1' <<<"$output")" 1
	ok kill c1 KILL
	wait_state c1 stopped
	ok delete c1
	create c2 --no-new-keyring
	ok start c2
	k exec c2 cat /proc/keys
	equal "$(grep -c '_ses\.c2' <<<"$output")" 0
}

@test "behaviour: a read-only /dev has its nodes all the same, and so has a read-only tmpfs its contents" {
	mkdir -p "$BUNDLE/rootfs/var/full"
	echo there >"$BUNDLE/rootfs/var/full/file"
	config '(.mounts[] | select(.destination == "/dev").options) += ["ro"]
		| .mounts += [{destination: "/var/full", type: "tmpfs", source: "tmpfs", options: ["ro", "tmpcopyup"]}]'
	runs 'echo x >/dev/null && ls /dev/zero /dev/full /dev/ptmx; cat /var/full/file; touch /dev/new /var/full/new 2>/dev/null || echo read-only'
	equal "$output" $'/dev/full\n/dev/ptmx\n/dev/zero\nthere\nread-only'
}

@test "behaviour: standard descriptors belong to the program's user, and the host's /dev/null is exchanged" {
	[ "$KIN_MODE" != plain ] || skip "one user only"
	config '.process.user = {uid: 1000, gid: 1000}'
	script 'echo by path >>/dev/stdout; stat -c %u /proc/self/fd/1 >&2; stat -L -c "%d %i" /dev/fd/0 /dev/null | sort -u | wc -l'
	: >"$T/out"
	chmod 0644 "$T/out"
	local before
	before=$(stat -c '%u:%g %a' /dev/null)
	timeout 20 "$KIN" --root "$ROOT" run --bundle "$BUNDLE" c1 </dev/null >>"$T/out" 2>"$T/err"
	equal "$(<"$T/out")" $'by path\n1' "$(<"$T/err")"
	equal "$(stat -c '%u:%g %a' /dev/null)" "$before"
	[ "$KIN_MODE" != root ] || equal "$(stat -c %u "$T/out")" 1000
}

@test "behaviour: a working directory that only root can reach, and one that only the user can" {
	[ "$KIN_MODE" != plain ] || skip "one user only"
	mkdir -p "$BUNDLE/rootfs/var/root-only/in"
	chmod 0700 "$BUNDLE/rootfs/var/root-only"
	config '.process.user = {uid: 1000, gid: 1000} | .process.cwd = "/var/root-only/in"'
	runs 'echo here; ls /var/root-only 2>/dev/null || echo closed'
	equal "$output" $'here\nclosed'
	# Where root's reach ends, as on a file system that maps root to nobody, it is entered as the user.
	[ "$KIN_MODE" = root ] || return 0
	mkdir "$BUNDLE/rootfs/var/users"
	chown 1000:1000 "$BUNDLE/rootfs/var/users"
	chmod 0700 "$BUNDLE/rootfs/var/users"
	config '.process.cwd = "/var/users"'
	script 'pwd; touch here 2>/dev/null; ls -A | wc -l'
	KIN="$T/kin-without"
	printf '#!/bin/sh\nexec setpriv --bounding-set=-dac_override,-dac_read_search %s "$@"\n' "$KIN_BUILD/kin" >"$KIN"
	chmod 0755 "$KIN"
	run_c
	equal "$output" $'/var/users\n0'
	config '.process.user = {uid: 1001, gid: 1001}'
	fails run --bundle "$BUNDLE" c9
	has "$error" "/process/cwd (/var/users)"
	has "$error" "permission denied"
}

# bats test_tags=root
@test "behaviour: sysctl of a namespace that is joined by path and is the host's is refused" {
	local before
	before=$(</proc/sys/net/ipv4/ip_default_ttl)
	running c2
	config '.linux.sysctl = {"net.ipv4.ip_default_ttl": "63"} | (.linux.namespaces[] | select(.type == "network")).path = $p' \
		--arg p "/proc/$$/ns/net"
	args cat /proc/sys/net/ipv4/ip_default_ttl
	fails run --bundle "$BUNDLE" c1
	has "$error" /linux/sysctl/net.ipv4.ip_default_ttl
	has "$error" "the host's"
	equal "$(</proc/sys/net/ipv4/ip_default_ttl)" "$before"
	# In one that is another container's it is the pod's to set.
	config '(.linux.namespaces[] | select(.type == "network")).path = $p' --arg p "/proc/$(pid_of c2)/ns/net"
	run_c
	equal "$output" 63
	equal "$(</proc/sys/net/ipv4/ip_default_ttl)" "$before"
}
