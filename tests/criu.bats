#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# checkpoint and restore where there is no criu, or none that works; with one: tests/vm/checkpoint.bats.
load helpers/kin

# A program called criu, alone in PATH.
criu() { # SCRIPT
	mkdir -p "$T/bin"
	printf '#!/bin/bash\n%s\n' "$1" >"$T/bin/criu"
	chmod +x "$T/bin/criu"
}
with() { # PATH WORDS...: fails
	local PATH=$1:/nowhere fails
	shift
	io=$T/io.$((++io_count)) status=0
	"$KIN" --root "$ROOT" "$@" </dev/null >"$io.out" 2>"$io.err" || status=$?
	error=$(<"$io.err")
}
refused() {
	equal "$status" 1
	has "$error" "$1"
}

@test "without criu both say what is missing, and nothing has changed" {
	running c1
	with /nowhere checkpoint --image-path "$T/images" c1
	refused 'the program criu was not found in PATH: checkpoint needs it, version 3.14 or newer (package criu)'
	equal "$(state_of c1)" running
	[ ! -e "$T/images" ]
	ok delete --force c1
	mkdir "$T/images"
	with /nowhere restore -d --image-path "$T/images" --bundle "$BUNDLE" c1
	refused 'the program criu was not found in PATH: restore needs it'
	clean
}

@test "only the machine's root" {
	! root_mode || skip "for others"
	criu 'exit 0'
	running c1
	with "$T/bin" checkpoint --image-path "$T/images" c1
	refused "needs the privileges of the machine's root"
	mkdir "$T/images"
	with "$T/bin" restore -d --image-path "$T/images" --bundle "$BUNDLE" c2
	refused "needs the privileges of the machine's root"
	equal "$(state_of c1)" running
	ok delete --force c1
	clean
}

@test "words that are none of --manage-cgroups-mode and --network-lock" {
	root_mode || skip "root's"
	criu 'exit 0'
	running c1
	with "$T/bin" checkpoint --image-path "$T/images" --network-lock firewalld c1
	refused 'invalid network-lock value firewalld: it is iptables, nftables or skip'
	with "$T/bin" checkpoint --image-path "$T/images" --manage-cgroups-mode hard c1
	refused 'invalid manage-cgroups-mode value hard: it is ignore, soft, full or strict'
	equal "$(state_of c1)" running
	[ ! -e "$T/images" ]
	ok delete --force c1
	clean
}

@test "a criu that is none, or too old" {
	root_mode || skip "root's"
	running c1
	criu 'exit 3'
	with "$T/bin" checkpoint --image-path "$T/images" c1
	refused 'this is no criu, or one that does not answer: checkpoint needs criu 3.14 or newer'
	# VERSION 2.6; the number of the socket is its argument.
	printf '\010\012\020\001\122\004\010\002\020\006' >"$T/answer"
	criu "/bin/cat $T/answer >&\$2"
	with "$T/bin" checkpoint --image-path "$T/images" c1
	refused 'criu 2.6 is too old: checkpoint needs 3.14 or newer'
	equal "$(state_of c1)" running
	ok delete --force c1
	echo '[]' >"$T/images/descriptors.json"
	with "$T/bin" restore -d --image-path "$T/images" --bundle "$BUNDLE" c1
	refused 'criu 2.6 is too old: restore needs 3.14 or newer'
	clean
}

@test "directories and states that cannot be" {
	root_mode || skip "root's"
	criu 'exit 3'
	with "$T/bin" checkpoint --image-path "$T/images" c1
	refused 'container does not exist'
	script true
	create c1
	with "$T/bin" checkpoint --image-path "$T/images" c1
	refused 'container cannot be checkpointed in created state'
	ok start c1
	wait_state c1 stopped
	with "$T/bin" checkpoint --image-path "$T/images" c1
	refused 'container cannot be checkpointed in stopped state'
	ok delete c1
	[ ! -e "$T/images" ]
	with "$T/bin" restore -d --image-path "$T/images" --bundle "$BUNDLE" c1
	refused 'directory of the images: no such file or directory'
	mkdir "$T/images"
	with "$T/bin" restore -d --image-path "$T/images" --bundle "$BUNDLE" c1
	refused 'there is no checkpoint in the directory of the images'
	[ ! -e "$ROOT/c1" ]
	clean
}

@test "options that cannot be" {
	root_mode || skip "root's"
	criu 'exit 3'
	running c1
	with "$T/bin" checkpoint --manage-cgroups-mode all c1
	refused 'invalid manage-cgroups-mode value all: it is ignore, soft, full or strict'
	with "$T/bin" checkpoint --page-server 127.0.0.1 c1
	refused 'Use --page-server ADDRESS:PORT to specify page server'
	with "$T/bin" checkpoint --page-server 127.0.0.1:70000 c1
	refused 'Use --page-server ADDRESS:PORT to specify page server'
	with "$T/bin" checkpoint --lazy-pages c1
	refused '--lazy-pages needs --status-fd and --page-server'
	with "$T/bin" checkpoint --empty-ns ipc c1
	refused 'namespace ipc is not supported'
	with "$T/bin" checkpoint --image-path "$T/images" --parent-path "$T" c1
	refused '--parent-path must be relative to --image-path'
	with "$T/bin" checkpoint --image-path "$T/images" --parent-path ../none c1
	refused "no such file or directory"
	with "$T/bin" restore --console-socket "$T/s" --bundle "$BUNDLE" --image-path "$T/images" c2
	refused 'cannot use console socket if kin will not detach or allocate tty'
	ok delete --force c1
	clean
}
