#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Hooks: six kinds, their order, their state, their failures, their time.
load helpers/kin

hook() { # KIND SCRIPT [TIMEOUT]: a hook of the host's shell; container's for the kinds that run inside
	local sh=/bin/sh
	config '.hooks[$k] += [{path: $sh, args: ["sh", "-c", $s], env: ["PATH=/usr/bin:/bin:/usr/sbin:/sbin", "MARK=hook"]}
		+ (if $t == "" then {} else {timeout: ($t | tonumber)} end)]' --arg k "$1" --arg sh $sh --arg s "$2" --arg t "${3-}"
}

# bats test_tags=smoke
@test "hooks: all six kinds, in their order, each with the state on stdin" {
	local k
	for k in prestart createRuntime createContainer poststart poststop; do
		hook $k "echo $k >>$T/order; cat >$T/state.$k"
	done
	config '.root.readonly = false'
	hook startContainer "cat >/tmp/state.startContainer; echo startContainer >/tmp/order"
	script 'cat /tmp/order; sleep 1000'
	create c1
	equal "$(tr '\n' ' ' <"$T/order")" "prestart createRuntime createContainer "
	equal "$(said c1)" ""
	ok start c1
	equal "$(tail -n 1 "$T/order")" poststart
	wait_for test -s "$BUNDLE/rootfs/tmp/state.startContainer"
	ok kill c1 KILL
	wait_state c1 stopped
	ok delete c1
	equal "$(tail -n 1 "$T/order")" poststop
	cp "$BUNDLE/rootfs/tmp/state.startContainer" "$T/"
	while read -r k want; do
		equal "$(jq -r .id "$T/state.$k")" c1 "$k"
		equal "$(jq -r .bundle "$T/state.$k")" "$BUNDLE" "$k"
		like "$(jq -r .status "$T/state.$k")" "^($want)$"
		like "$(jq -r .ociVersion "$T/state.$k")" '^1\.'
	done <<-'END'
		prestart creating
		createRuntime creating
		createContainer creating
		startContainer created
		poststart running
		poststop stopped
	END
	equal "$(jq .pid "$T/state.createRuntime")" "$(jq .pid "$T/state.poststart")"
	equal "$(jq '.pid > 0' "$T/state.prestart")" true
}

@test "hooks: where they run: namespaces and directory" {
	hook createRuntime "readlink /proc/self/ns/mnt >$T/rt; pwd >>$T/rt; env >>$T/rt"
	config '.root.readonly = false'
	hook startContainer 'readlink /proc/self/ns/mnt >/tmp/sc; cat /etc/hostname >/dev/null 2>&1; hostname >>/tmp/sc'
	runs 'readlink /proc/self/ns/mnt'
	[ "$KIN_MODE" != root ] || equal "$(sed -n 1p "$T/rt")" "$(readlink /proc/self/ns/mnt)"
	equal "$(sed -n 2p "$T/rt")" "$BUNDLE"
	equal "$(sed 1,2d "$T/rt" | grep -vE '^(PWD|SHLVL|_)=' | sort | tr '\n' ' ')" "MARK=hook PATH=/usr/bin:/bin:/usr/sbin:/sbin "
	equal "$(sed -n 1p "$BUNDLE/rootfs/tmp/sc")" "$output"
	equal "$(sed -n 2p "$BUNDLE/rootfs/tmp/sc")" kin
}

@test "hooks: createContainer runs in the container's namespaces before the root changes" {
	hook createContainer "readlink /proc/self/ns/uts >$T/cc; ls -d $BUNDLE >>$T/cc"
	runs 'readlink /proc/self/ns/uts'
	equal "$(sed -n 1p "$T/cc")" "$output"
	equal "$(sed -n 2p "$T/cc")" "$BUNDLE"
}

# bats test_tags=smoke
@test "hooks: one that fails, of each kind before start: create fails, names it, nothing is left" {
	local k
	cp "$BUNDLE/config.json" "$T/base"
	for k in prestart createRuntime createContainer; do
		cp "$T/base" "$BUNDLE/config.json"
		hook $k 'echo the reason >&2; exit 3'
		args true
		fails create --bundle "$BUNDLE" c1
		has "$error" "$k"
		has "$error" hook
		has "$error" "3"
		clean
	done
}

@test "hooks: startContainer and poststart that fail: start fails, the container is stopped" {
	local k
	cp "$BUNDLE/config.json" "$T/base"
	for k in startContainer poststart; do
		cp "$T/base" "$BUNDLE/config.json"
		hook $k 'exit 3'
		args sleep 1000
		create "c-$k"
		fails start "c-$k"
		has "$error" "$k"
		wait_state "c-$k" stopped
		ok delete "c-$k"
		clean
	done
}

@test "hooks: run: a hook that fails leaves nothing" {
	local k
	cp "$BUNDLE/config.json" "$T/base"
	for k in prestart createRuntime createContainer startContainer poststart; do
		cp "$T/base" "$BUNDLE/config.json"
		hook $k 'exit 3'
		args sleep 1000
		fails run --bundle "$BUNDLE" c1
		has "$error" "$k"
		clean
	done
}

@test "hooks: killed, absent, not executable" {
	local k=createRuntime
	cp "$BUNDLE/config.json" "$T/base"
	hook $k 'kill -9 $$'
	args true
	fails create --bundle "$BUNDLE" c1
	has "$error" $k
	clean
	cp "$T/base" "$BUNDLE/config.json"
	config '.hooks.createRuntime = [{path: "/no/such/hook"}]'
	fails create --bundle "$BUNDLE" c1
	has "$error" "no such file or directory"
	clean
	cp "$T/base" "$BUNDLE/config.json"
	touch "$T/plain"
	config '.hooks.createRuntime = [{path: $p}]' --arg p "$T/plain"
	fails create --bundle "$BUNDLE" c1
	has "$error" "permission denied"
	clean
}

# bats test_tags=smoke,slow
@test "hooks: a timeout ends the hook and all that it started" {
	local k begin
	cp "$BUNDLE/config.json" "$T/base"
	for k in prestart createRuntime createContainer; do
		cp "$T/base" "$BUNDLE/config.json"
		hook $k 'sleep 4242 & sleep 4242; wait' 1
		args true
		begin=$SECONDS
		fails create --bundle "$BUNDLE" c1
		has "$error" "$k"
		[ $((SECONDS - begin)) -lt 8 ] || fail "took $((SECONDS - begin)) s"
		clean
	done
	cp "$T/base" "$BUNDLE/config.json"
	hook startContainer 'sleep 4242; true' 1
	args sleep 1000
	create c2
	fails start c2
	has "$error" startContainer
	wait_state c2 stopped
	ok delete c2
	clean
}

@test "hooks: one that reads nothing, one that closes its input, one that floods its output" {
	hook createRuntime 'exec 0<&-; true'
	hook createRuntime 'true'
	hook createRuntime 'head -c 10000000 /dev/zero; head -c 10000000 /dev/zero >&2'
	config '.annotations = {big: $b}' --arg b "$(head -c 100000 /dev/zero | tr '\0' x)"
	args echo fine
	k run --bundle "$BUNDLE" c1
	equal "$status" 0
	has "$output" fine
}

@test "hooks: one that leaves a daemon which holds its output: nobody waits for that" {
	hook createRuntime 'setsid sleep 5 & exit 0'
	args echo fine
	local begin=$SECONDS
	k run --bundle "$BUNDLE" c1
	equal "$status" 0
	[ $((SECONDS - begin)) -lt 4 ] || fail "waited"
	pkill -f '^sleep 5$' || :
}

@test "hooks: environment is what is given, and empty when nothing is" {
	config '.hooks.createRuntime = [{path: "/usr/bin/env", args: ["env"]}]'
	if [ ! -x /usr/bin/env ]; then return 0; fi
	hook createRuntime "cat /proc/self/environ | tr '\\\\0' '\\\\n' | grep -c SECRET >$T/n; true"
	export SECRET=1
	args true
	run_c
	equal "$(<"$T/n")" 0
}

@test "hooks: no descriptors but three" {
	exec 17<"$OUT/file"
	hook createRuntime "ls /proc/self/fd >$T/fds"
	args true
	run_c
	exec 17<&-
	# ls reads a directory itself.
	equal "$(tr '\n' ' ' <"$T/fds")" "0 1 2 3 "
}

@test "hooks: bad ones" {
	args true
	config '.hooks.createRuntime = [{path: "relative"}]'
	fails create --bundle "$BUNDLE" c1
	has "$error" /hooks/createRuntime/0
	config '.hooks.createRuntime = [{path: "/bin/true", timeout: 0}]'
	fails create --bundle "$BUNDLE" c1
	config '.hooks.createRuntime = [{path: "/bin/true", timeout: -1}]'
	fails create --bundle "$BUNDLE" c1
	config '.hooks.createRuntime = {path: "/bin/true"}'
	fails create --bundle "$BUNDLE" c1
	clean
}

# bats test_tags=smoke
@test "hooks: poststop runs for a create that failed after its hooks had run" {
	local k
	hook createRuntime 'exit 0'
	hook poststop "cat >$T/poststop; ls $ROOT/c1 >$T/there 2>&1; true"
	args /nosuch
	fails create --bundle "$BUNDLE" c1
	has "$error" /nosuch
	equal "$(jq -r .status "$T/poststop")" stopped
	has "$(<"$T/there")" "No such file"
	cp "$BUNDLE/config.json" "$T/base"
	for k in prestart createRuntime createContainer; do
		rm -f "$T/poststop"
		cp "$T/base" "$BUNDLE/config.json"
		hook $k 'exit 3'
		fails create --bundle "$BUNDLE" c1
		has "$error" "$k"
		[ -s "$T/poststop" ] || fail "no poststop after a $k hook that failed"
	done
	for k in startContainer poststart; do
		rm -f "$T/poststop"
		cp "$T/base" "$BUNDLE/config.json"
		args sleep 1000
		config 'del(.hooks.createRuntime)'
		hook $k 'exit 3'
		fails run --bundle "$BUNDLE" c1
		has "$error" "$k"
		[ -s "$T/poststop" ] || fail "no poststop after a $k hook that failed"
	done
	# No hook has run: there is nothing to undo for one.
	rm -f "$T/poststop"
	config 'del(.hooks.poststart) | .mounts += [{destination: "/x", type: "bind", source: "/no/such", options: ["bind"]}]'
	hook createRuntime 'exit 0'
	fails create --bundle "$BUNDLE" c1
	[ ! -e "$T/poststop" ]
	clean
}

@test "hooks: without env they have the caller's, startContainer the container's; with an empty one, nothing" {
	local k
	export MARK_OF_CALLER=1
	# Not by /proc: createContainer's is still the host's, and knows nothing of the new pid namespace.
	cat >"$T/show" <<-'END'
		#!/bin/sh
		export -p >"$1"
	END
	chmod 0755 "$T/show"
	for k in prestart createRuntime createContainer poststart poststop; do
		config '.hooks[$k] = [{path: $p, args: ["show", $a]}, {path: $p, args: ["show", $b], env: []}]' \
			--arg k $k --arg p "$T/show" --arg a "$T/with.$k" --arg b "$T/without.$k"
	done
	config '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "export -p >/tmp/env"]}]
		| .process.env += ["OF=container"] | .root.readonly = false'
	args true
	run_c
	for k in prestart createRuntime createContainer poststart poststop; do
		like "$(<"$T/with.$k")" "MARK_OF_CALLER=['\"]?1"
		equal "$(grep -vE 'export (PWD|OLDPWD|SHLVL|_)' "$T/without.$k")" "" "$k"
	done
	like "$(<"$BUNDLE/rootfs/tmp/env")" "OF=['\"]?container"
	hasnt "$(<"$BUNDLE/rootfs/tmp/env")" MARK_OF_CALLER
	# What is only looked at is the same for everybody.
	ok plan "$BUNDLE"
	hasnt "$output" MARK_OF_CALLER
	clean
}

@test "hooks: args as they are, the path where there are none; the pid is init's as the host sees it" {
	local k
	script 'sleep 1000'
	config '.root.readonly = false'
	for k in createRuntime createContainer poststart; do
		hook $k "jq .pid >$T/pid.$k"
	done
	hook startContainer 'cat >/tmp/state'
	cat >"$T/argv" <<-END
		#!/bin/bash
		tr '\\0' '|' </proc/\$\$/cmdline >>"$T/args"
		echo >>"$T/args"
	END
	chmod 0755 "$T/argv"
	config '.hooks.createRuntime += [{path: $p}, {path: $p, args: ["zero", "", "two words"]}]' --arg p "$T/argv"
	create c1
	ok start c1
	for k in createRuntime createContainer poststart; do
		equal "$(<"$T/pid.$k")" "$(pid_of c1)" "$k"
	done
	equal "$(jq .pid "$BUNDLE/rootfs/tmp/state")" "$(pid_of c1)"
	# The interpreter of a script takes the place of argv[0].
	equal "$(<"$T/args")" "/bin/bash|$T/argv|"$'\n'"/bin/bash|$T/argv||two words|"
}

@test "hooks: several of a kind in their order; one that fails is the last, but of poststop the others follow" {
	local k
	script 'sleep 1000'
	for k in createRuntime createContainer poststart poststop; do
		hook $k "echo $k 1 >>$T/order"
		hook $k "echo $k 2 >>$T/order"
	done
	config '.hooks.poststop |= [{path: "/no/such/hook"}, .[0], {path: "/bin/false"}, .[1]]'
	create c1
	ok start c1
	ok delete --force c1
	equal "$(tr '\n' ' ' <"$T/order")" "createRuntime 1 createRuntime 2 createContainer 1 createContainer 2 poststart 1 poststart 2 poststop 1 poststop 2 "
	: >"$T/order"
	config '.hooks.createContainer |= [.[0], {path: "/bin/false"}, .[1]]'
	fails create --bundle "$BUNDLE" c2
	has "$error" /hooks/createContainer/1
	equal "$(tr '\n' ' ' <"$T/order")" "createRuntime 1 createRuntime 2 createContainer 1 poststop 1 poststop 2 "
	clean
}

# bats test_tags=slow
@test "hooks: timeouts of poststart and poststop" {
	args sleep 1000
	cp "$BUNDLE/config.json" "$T/base"
	hook poststart 'sleep 4242; true' 1
	create c1
	fails start c1
	has "$error" /hooks/poststart/0
	has "$error" timeout
	wait_state c1 stopped
	ok delete c1
	cp "$T/base" "$BUNDLE/config.json"
	hook poststop 'sleep 4242; true' 1
	hook poststop "echo second >$T/second"
	create c2
	ok start c2
	ok delete --force c2
	equal "$(<"$T/second")" second
	[ -z "$(pgrep -f '^sleep 4242$')" ] || fail "a hook that had to be ended left a process"
	clean
}
