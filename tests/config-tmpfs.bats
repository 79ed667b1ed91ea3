#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# New file systems whose contents or options are more than words: tmpcopyup, overlay; and what covers /proc and /sys.
load helpers/kin

mounts() { # OBJECT...: appended to mounts
	local m
	for m in "$@"; do config '.mounts += [$m]' --argjson m "$m"; done
}
copyup() {
	mounts '{"destination":"/data","type":"tmpfs","source":"tmpfs","options":["tmpcopyup"]}'
}
# overlay OPTION...: at /ov
overlay() {
	config '.mounts |= map(select(.destination != "/ov")) |
		.mounts += [{destination: "/ov", type: "overlay", source: "overlay", options: $o}]' \
		--argjson o "$(jq -nc '$ARGS.positional' --args -- "$@")"
}

@test "tmpcopyup: several names of a file stay names of one file" {
	mkdir -p "$BUNDLE/rootfs/data/sub"
	echo one >"$BUNDLE/rootfs/data/a"
	ln "$BUNDLE/rootfs/data/a" "$BUNDLE/rootfs/data/sub/b"
	ln "$BUNDLE/rootfs/data/a" "$BUNDLE/rootfs/data/sub/c"
	copyup
	runs 'echo two >/data/sub/b; cat /data/a /data/sub/c; stat -c %h /data/a'
	equal "$output" $'two\ntwo\n3'
	equal "$(<"$BUNDLE/rootfs/data/a")" one
}

@test "tmpcopyup: times, modes, links and special files" {
	mkdir -p "$BUNDLE/rootfs/data/dir"
	echo x >"$BUNDLE/rootfs/data/dir/file"
	ln -s nowhere "$BUNDLE/rootfs/data/link"
	mkfifo "$BUNDLE/rootfs/data/fifo"
	chmod 4751 "$BUNDLE/rootfs/data/dir/file"
	chmod 1777 "$BUNDLE/rootfs/data/dir"
	chmod 700 "$BUNDLE/rootfs/data"
	touch -h -d @1000000000 "$BUNDLE"/rootfs/data/{dir/file,link,fifo,dir,}
	copyup
	runs 'cd /data; stat -c "%n %a %Y %F" . dir dir/file fifo link; readlink link'
	equal "$output" ". 700 1000000000 directory
dir 1777 1000000000 directory
dir/file 4751 1000000000 regular file
fifo 644 1000000000 fifo
link 777 1000000000 symbolic link
nowhere"
}

# bats test_tags=root
@test "tmpcopyup: owners, file capabilities, devices" {
	mkdir -p "$BUNDLE/rootfs/data/dir" "$BUNDLE/rootfs/data/mnt"
	touch "$BUNDLE/rootfs/data/dir/file"
	mknod "$BUNDLE/rootfs/data/null" c 1 3
	chown 5:6 "$BUNDLE/rootfs/data/dir/file"
	chown 7:8 "$BUNDLE/rootfs/data"
	setcap cap_net_raw+ep "$BUNDLE/rootfs/data/dir/file"
	copyup
	args sleep 1000
	create c1
	local root
	root=/proc/$(pid_of c1)/root
	equal "$(stat -c '%u %g' "$root/data" "$root/data/dir/file")" $'7 8\n5 6'
	has "$(getcap "$root/data/dir/file")" cap_net_raw
	equal "$(stat -c '%F %t %T' "$root/data/null")" "character special file 1 3"
	ok delete -f c1
	config '.mounts[-1].options += ["uid=9"]'
	runs 'stat -c "%u %g" /data'
	equal "$output" "9 0"
	clean
}

@test "overlay: lower, upper and work directories, absolute and relative to the bundle" {
	local own=()
	[ "$KIN_MODE" = root ] || own=(userxattr)
	mkdir -p "$BUNDLE"/{low,up,work} "$T/low2"
	echo bundle >"$BUNDLE/low/a"
	echo outside >"$T/low2/b"
	overlay "lowerdir=low:$T/low2" upperdir=up workdir=./work "${own[@]}"
	runs 'cat /ov/a /ov/b; echo new >/ov/c'
	equal "$output" $'bundle\noutside'
	equal "$(<"$BUNDLE/up/c")" new
}

@test "overlay: more layers than one option holds" {
	local own=() list= i name
	[ "$KIN_MODE" = root ] || own=(userxattr)
	name=$(printf 'x%.0s' {1..40})
	for ((i = 0; i < 60; i++)); do
		mkdir -p "$BUNDLE/$name$i"
		echo "$i" >"$BUNDLE/$name$i/f$i"
		echo "$i" >"$BUNDLE/$name$i/top"
		list+=:$name$i
	done
	mkdir "$BUNDLE/with:colon"
	echo colon >"$BUNDLE/with:colon/colon"
	overlay "lowerdir=${list#:}:with\\:colon" "${own[@]}"
	if ! kernel_is 6 7; then # it has no lowerdir+ yet
		fails run --bundle "$BUNDLE" c1
		has "$error" "options longer than the page that mount(2) takes"
		return
	fi
	runs 'cat /ov/top /ov/f0 /ov/f59 /ov/colon; touch /ov/x 2>&1 || echo read-only'
	has "$output" $'0\n0\n59\ncolon'
	has "$output" "read-only"
}

@test "overlay: a directory whose path is longer than one option holds" {
	local own=() long i
	[ "$KIN_MODE" = root ] || own=(userxattr)
	long=$(printf 'x%.0s' {1..90})
	long=$long/$long/$long
	mkdir -p "$BUNDLE/low" "$BUNDLE/$long"/{up,work}
	echo low >"$BUNDLE/low/f"
	overlay lowerdir=low "upperdir=$long/up" "workdir=$long/work" nosuid noexec "${own[@]}"
	runs 'cat /ov/f; echo new >/ov/g; grep -o " /ov overlay [a-z,]*relatime" /proc/mounts'
	equal "$output" $'low\n /ov overlay rw,nosuid,noexec,relatime'
	equal "$(<"$BUNDLE/$long/up/g")" new
	overlay lowerdir=low "upperdir=$long/up" "workdir=$long/nowhere" "${own[@]}"
	args true
	fails run --bundle "$BUNDLE" c1
	has "$error" "/mounts/7 (/ov)"
	has "$error" "no such file or directory"
	clean
}

@test "mounts: single files of /proc that LXCFS provides, and no others" {
	local f
	echo "1.00 2.00" >"$T/fake"
	for f in cpuinfo diskstats meminfo stat swaps uptime loadavg; do
		mounts "{\"destination\":\"/proc/$f\",\"type\":\"bind\",\"source\":\"$T/fake\",\"options\":[\"bind\",\"ro\"]}"
	done
	runs 'cd /proc; cat cpuinfo diskstats meminfo stat swaps uptime loadavg | sort | uniq -c | tr -s " "'
	equal "$output" " 7 1.00 2.00"
	for f in self/attr/exec version sys cpuinfo/../version; do
		config '.mounts[-1].destination = $d' --arg d "/proc/$f"
		fails run --bundle "$BUNDLE" c1
		has "$error" "/mounts/13/destination"
		has "$error" "inside /proc"
	done
	clean
}

# bats test_tags=root
@test "mounts: propagation of a cgroup mount" {
	local word field
	while read -r word field; do
		config '(.mounts[] | select(.type == "cgroup").options) |= (map(select(test("shared|slave|private|unbindable") | not)) + [$w])' \
			--arg w "$word"
		runs 'grep " /sys/fs/cgroup " /proc/self/mountinfo'
		case $field in
		none) hasnt "$output" shared: && hasnt "$output" master: && hasnt "$output" unbindable ;;
		*) has "$output" "$field" ;;
		esac
	done <<-'END'
		shared shared:
		private none
		rshared shared:
		rslave none
		unbindable unbindable
	END
}

# bats test_tags=root
@test "mounts: every propagation of a bind mount" {
	local word field
	mkdir -p "$T/vol/sub"
	mount --bind "$T/vol" "$T/vol"
	mount --make-shared "$T/vol"
	mount -t tmpfs sub "$T/vol/sub"
	while read -r word field; do
		config '.mounts |= map(select(.destination != "/vol")) |
			.mounts += [{destination: "/vol", type: "bind", source: $s, options: ["rbind", $w]}]' --arg s "$T/vol" --arg w "$word"
		script 'grep " /vol" /proc/self/mountinfo | cut -d " " -f 5,7 | tr -d 0-9 | tr "\n" " "'
		k run --bundle "$BUNDLE" "c-$word"
		equal "$output" "$field " "$word"
	done <<-'END'
		shared /vol shared: /vol/sub master:
		rshared /vol shared: /vol/sub shared:
		slave /vol master: /vol/sub master:
		rslave /vol master: /vol/sub master:
		private /vol - /vol/sub master:
		rprivate /vol - /vol/sub -
		unbindable /vol unbindable /vol/sub master:
		runbindable /vol unbindable /vol/sub unbindable
	END
	umount -R "$T/vol"
	clean
}

@test "tmpfs: a remount has its size changed, and it read-only" {
	mounts '{"destination":"/data","type":"tmpfs","source":"tmpfs","options":["size=4m"]}' \
		'{"destination":"/data/","type":"tmpfs","source":"tmpfs","options":["remount","size=1m"]}' \
		'{"destination":"/other","type":"tmpfs","source":"tmpfs","options":["nosuid"]}' \
		'{"destination":"/other","type":"tmpfs","source":"tmpfs","options":["remount","ro","nr_inodes=100"]}'
	runs 'df -k /data | tail -n 1; grep " /other " /proc/self/mountinfo; touch /other/x 2>&1 || :'
	like "$output" '^tmpfs +1024 '
	like "$output" ' /other ro,nosuid,relatime - tmpfs tmpfs rw,[^ ]*nr_inodes=100'
	has "$output" 'Read-only file system'
	# What is bound there is the host's, and its options everybody's.
	config '.mounts += [{destination: "/out", type: "bind", source: $o, options: ["rbind"]},
		{destination: "/out", type: "bind", source: $o, options: ["remount", "size=1m"]}]' --arg o "$OUT"
	fails run --bundle "$BUNDLE" c1
	like "$error" 'mounts/[0-9]+/options/1: .*size=1m'
}
