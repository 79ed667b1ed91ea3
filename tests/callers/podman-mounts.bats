#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# podman run -v, --mount.
load podman

given() { # a directory outside
	rm -rf "$T/given"
	mkdir -p "$T/given/sub"
	echo content >"$T/given/file"
}
volumes() {
	given
	p run --rm -v "$T/given:/v" "$IMAGE" sh -c 'cat /v/file; echo new >/v/new'
	cat "$T/given/new"
	p run --rm -v "$T/given:/v:ro" "$IMAGE" sh -c 'cat /v/file; echo new >/v/new2'
	p run --rm -v "$T/given/file:/etc/motd:ro,noexec,nosuid,nodev" "$IMAGE" sh -c 'cat /etc/motd; grep -c "/etc/motd ro,nosuid,nodev,noexec" /proc/self/mountinfo'
	p run --rm --mount "type=bind,src=$T/given,dst=/new/deep/dir,readonly" "$IMAGE" ls /new/deep/dir
	p run --rm -v "$T/nosuch:/v" "$IMAGE" true
	p run --rm --mount type=tmpfs,dst=/t,tmpfs-size=32k "$IMAGE" sh -c 'df -k /t | tail -n 1 | { read -r _ size _; echo $size; }'
}
@test "podman: volumes: rw, ro, files, tmpfs, none" {
	both volumes
	has "$output" $'content\n= 0\nnew'
	has "$output" "Read-only file system"
	has "$output" $'32\n= 0'
}

named() {
	pq volume create vol >/dev/null
	p run --rm -v vol:/v "$IMAGE" sh -c 'echo kept >/v/file'
	p run --rm -v vol:/v:ro "$IMAGE" cat /v/file
	p run --rm -v fresh:/etc "$IMAGE" cat /etc/group
	p volume rm vol fresh
}
@test "podman: named volumes, filled from the image" {
	both named
	has "$output" kept
	has "$output" root:x:0
}

propagates() {
	given
	p run --rm -v "$T/given:/v:$1" "$IMAGE" sh -c 'grep " /v " /proc/self/mountinfo | grep -oE " (shared|master):|-" | head -n 1'
}
# bats test_tags=root
@test "podman: volumes: private, slave" {
	both propagates rprivate
	both propagates rslave
}

recursive() { # ro leaves what is mounted below as it is; rro Podman 4 refuses
	given
	mount -t tmpfs tmpfs "$T/given/sub"
	p run --rm -v "$T/given:/v:$1" "$IMAGE" sh -c 'touch /v/x 2>&1; touch /v/sub/x; echo sub $?'
	umount "$T/given/sub"
}
# bats test_tags=root
@test "podman: volumes: ro and rro, and what is mounted below" {
	both recursive ro
	has "$output" $'Read-only file system\nsub 0'
	both recursive rro
}

owned() {
	given
	p run --rm --user 7:8 -v "$T/given:/v:U" "$IMAGE" sh -c 'stat -c %u:%g /v /v/file; echo mine >/v/mine'
	p run --rm -v "$T/given:/v:U" "$IMAGE" stat -c %u:%g /v/mine
}
# bats test_tags=ids
@test "podman: volumes: U" {
	both owned
	has "$output" $'7:8\n7:8\n= 0\n0:0\n= 0'
}

mapped() {
	given
	mkdir "$T/m"
	mount -t tmpfs -o mode=0755 tmpfs "$T/m"
	echo mapped >"$T/m/file"
	p run --rm --uidmap 0:100000:1000 --gidmap 0:100000:1000 -v "$T/m:/v:idmap" "$IMAGE" sh -c 'stat -c %u:%g /v/file; echo new >/v/new'
	stat -c %u:%g "$T/m/new" || :
	umount "$T/m"
	rmdir "$T/m"
}
# bats test_tags=root
@test "podman: volumes: idmap" {
	differs "-v :idmap" mapped
	equal "$output" $'0:0\n= 0\n0:0'
}
