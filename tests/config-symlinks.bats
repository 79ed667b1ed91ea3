#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Bind mounts whose source or destination is a symlink, and what crun's options make of them.
load helpers/kin

prepare() {
	mkdir -p "$T/vol/dir"
	echo content >"$T/vol/file"
	ln -s file "$T/vol/link"
	ln -s dir "$T/vol/dirlink"
}
bind() { # SOURCE DESTINATION OPTION...
	local source=$1 dest=$2
	shift 2
	config '.mounts |= map(select(.destination != $d)) | .mounts += [{destination: $d, type: "bind", source: $s, options: $o}]' \
		--arg s "$source" --arg d "$dest" --argjson o "$(jq -nc '$ARGS.positional' --args -- "$@")"
}

@test "symlinks: without a word for it, they are followed: the source's on the host, the destination's in the container" {
	ln -s target "$BUNDLE/rootfs/dest"
	bind "$T/vol/link" /dest bind
	runs 'cat /dest /target; readlink /dest'
	equal "$output" $'content\ncontent\ntarget'
	clean
}

@test "copy-symlink: of a symlink an equal one is made; everything else is mounted" {
	bind "$T/vol/link" /etc/copied bind copy-symlink ro
	bind "$T/vol/file" /etc/plain bind copy-symlink
	bind "$T/vol/dir" /made/dir rbind copy-symlink
	runs 'readlink /etc/copied; cat /etc/plain; [ -d /made/dir ] && ! grep " /etc/copied " /proc/mounts'
	equal "$output" $'file\ncontent'
	# And again: it is there already.
	runs 'readlink /etc/copied'
	equal "$output" file
	clean
}

@test "copy-symlink: something else of that name is not replaced" {
	local what
	bind "$T/vol/link" /etc/copied bind copy-symlink
	args true
	for what in 'ln -s other' 'touch' 'mkdir'; do
		$what "$BUNDLE/rootfs/etc/copied"
		fails run --bundle "$BUNDLE" c1
		has "$error" "/mounts/7 (/etc/copied)"
		has "$error" "file exists"
		rm -r "$BUNDLE/rootfs/etc/copied"
	done
	clean
}

@test "copy-symlink: made in the container, whatever its directory's path leads to" {
	ln -s "$OUT/dir" "$BUNDLE/rootfs/evil"
	bind "$T/vol/link" /evil/copied bind copy-symlink
	args true
	k run --bundle "$BUNDLE" c1
	[ ! -e "$OUT/dir/copied" ] && [ ! -L "$OUT/dir/copied" ]
	clean
}

# bats test_tags=root
@test "copy-symlink: with a user namespace, whose root the caller opens the source for" {
	config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = $m | .linux.gidMappings = $m' \
		--argjson m '[{"containerID": 0, "hostID": 100000, "size": 65536}]'
	chown -R 100000:100000 "$BUNDLE/rootfs"
	chmod 755 "$T" "$BUNDLE" "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/* 2>/dev/null || :
	chmod 700 "$T/vol"
	bind "$T/vol/link" /etc/copied bind copy-symlink
	bind "$T/vol/file" /etc/plain bind copy-symlink
	runs 'readlink /etc/copied; cat /etc/plain'
	equal "$output" $'file\ncontent'
	clean
}

@test "src-nofollow: the symlink itself is mounted" {
	bind "$T/vol/dirlink" /etc/mounted bind src-nofollow
	runs 'readlink /etc/mounted'
	equal "$output" dir
	bind "$T/vol/file" /etc/mounted bind src-nofollow
	runs 'cat /etc/mounted'
	equal "$output" content
}

@test "dest-nofollow: a destination that is a symlink is covered itself" {
	ln -s target "$BUNDLE/rootfs/dest"
	echo underneath >"$BUNDLE/rootfs/target"
	bind "$T/vol/file" /dest bind dest-nofollow
	runs 'cat /dest /target; [ -L /dest ] || echo no link'
	equal "$output" $'content\nunderneath\nno link'
	bind "$T/vol/link" /dest bind src-nofollow dest-nofollow
	runs 'readlink /dest'
	equal "$output" file
	clean
}

@test "dest-nofollow: a directory or a new file system over a symlink is an error" {
	ln -s tmp "$BUNDLE/rootfs/dest"
	args true
	bind "$T/vol/dir" /dest bind dest-nofollow
	fails run --bundle "$BUNDLE" c1
	has "$error" "not a directory"
	config '.mounts[-1] = {destination: "/dest", type: "tmpfs", source: "x", options: ["dest-nofollow"]}'
	fails run --bundle "$BUNDLE" c1
	has "$error" "/mounts/7 (/dest)"
	clean
}

@test "mounts: every word of a file system's own is taken" {
	local word words="async sync dirsync lazytime nolazytime iversion noiversion mand nomand acl noacl silent loud defaults
		atime noatime relatime norelatime strictatime nostrictatime diratime nodiratime rnosymfollow rsymfollow
		nosymfollow symfollow rro rrw rnosuid rsuid rnodev rdev rnoexec rexec rnoatime ratime rrelatime rnorelatime
		rstrictatime rnostrictatime rnodiratime rdiratime x-remark"
	config '.mounts += [$w | splits("\\s+") | {destination: "/tmp/\(.)", type: "tmpfs", source: "vol", options: [.]}]' --arg w "$words"
	runs 'cat /proc/mounts'
	for word in $words; do
		like "$output" "vol /tmp/$word tmpfs "
		case $word in
		sync | dirsync | lazytime | nosymfollow | nodiratime | noatime) like "$output" "/tmp/$word tmpfs [^ ]*,${word}[, ]" ;;
		rro) like "$output" "/tmp/$word tmpfs ro," ;;
		rnosymfollow | rnosuid | rnodev | rnoexec | rnoatime | rnodiratime)
			like "$output" "/tmp/$word tmpfs [^ ]*,${word#r}[, ]" ;;
		esac
	done
}

@test "mounts: nosymfollow, alone and for a tree" {
	bind "$T/vol" /vol bind nosymfollow
	runs 'cat /vol/link 2>&1; cat /vol/file; readlink /vol/link'
	has "$output" "Too many levels of symbolic links"
	has "$output" $'content\nfile'
	bind "$T/vol" /vol rbind rnosymfollow
	runs 'cat /vol/link 2>&1; cat /vol/file'
	has "$output" "Too many levels of symbolic links"
	has "$output" content
	bind "$T/vol" /vol bind nosymfollow symfollow
	runs 'cat /vol/link'
	equal "$output" content
}
