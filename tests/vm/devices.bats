#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# bats file_tags=vm_plain
#
# Device rules, by opening devices.  The container's root may override file modes and make nodes, so nothing but the
# rules stands between it and the machine's disk.

load ../helpers/kin

prepare() {
	MAJOR=$(($(stat -c 0x%t /dev/vda))) MINOR=$(($(stat -c 0x%T /dev/vda)))
	config '.linux.devices = [{path: "/dev/vda", type: "b", major: $ma, minor: $mi, fileMode: 384}] |
		.process.capabilities[] |= . + ["CAP_MKNOD", "CAP_DAC_OVERRIDE"]' \
		--argjson ma "$MAJOR" --argjson mi "$MINOR"
	# Opens for reading, then for writing, without writing anything.  Not with ":", whose failed redirection ends a shell.
	OPEN='for f in /dev/vda /dev/null; do
		if { true <$f; } 2>/dev/null; then echo "$f read"; else echo "$f no read"; fi
		if { true >>$f; } 2>/dev/null; then echo "$f write"; else echo "$f no write"; fi
	done'
}
rules() { # JSON...: after "nothing"
	config '.linux.resources.devices = [{allow: false, access: "rwm"}] + $r' --argjson r "$(jq -sc . <<<"$*")"
}
disk() { # ALLOW ACCESS: a rule
	echo "{\"allow\": $1, \"type\": \"b\", \"major\": $MAJOR, \"minor\": $MINOR, \"access\": \"$2\"}"
}
sees() { # read|no read, write|no write: of the disk
	has "$output" "/dev/vda $1"$'\n'"/dev/vda $2"
	has "$output" $'/dev/null read\n/dev/null write'
}

@test "what is not allowed cannot be opened, what is can be" {
	rules
	runs "$OPEN"
	sees 'no read' 'no write'
	rules "$(disk true r)"
	runs "$OPEN; head -c 512 /dev/vda | wc -c"
	sees read 'no write'
	has "$output" 512
	rules "$(disk true w)"
	runs "$OPEN"
	sees 'no read' write
	# A later rule takes back what an earlier one gave.
	rules "$(disk true rwm)" "$(disk false w)"
	runs "$OPEN"
	sees read 'no write'
	# Everything, with no program to ask.
	config '.linux.resources.devices = [{allow: true, access: "rwm"}]'
	runs "$OPEN"
	sees read write
}

@test "a node may be made, and not opened" {
	rules
	runs "mknod /dev/disk b $MAJOR $MINOR && echo made; head -c 1 /dev/disk 2>&1; echo \$?"
	has "$output" made
	has "$output" 'Operation not permitted'
}

@test "other processes of the container are bound by them too" {
	rules "$(disk true r)"
	running c1
	ok exec c1 sh -c "$OPEN"
	sees read 'no write'
}

# bats test_tags=vm61
@test "update replaces the rules while the container runs" {
	rules
	running c1
	ok exec c1 sh -c "$OPEN"
	sees 'no read' 'no write'
	echo "{\"devices\": [{\"allow\": false, \"access\": \"rwm\"}, $(disk true rw)]}" >"$T/resources"
	ok update --resources "$T/resources" c1
	ok exec c1 sh -c "$OPEN"
	sees read write
	echo "{\"devices\": [{\"allow\": false, \"access\": \"rwm\"}, $(disk true r)]}" >"$T/resources"
	ok update --resources "$T/resources" c1
	ok exec c1 sh -c "$OPEN"
	sees read 'no write'
	# An update of something else leaves them alone.
	ok update --pids-limit 50 c1
	ok exec c1 sh -c "$OPEN"
	sees read 'no write'
	echo '{"devices": [{"allow": true, "access": "rwm"}]}' >"$T/resources"
	ok update --resources "$T/resources" c1
	ok exec c1 sh -c "$OPEN"
	sees read write
	echo '{"devices": [{"allow": false, "access": "rwm"}]}' >"$T/resources"
	ok update --resources "$T/resources" c1
	ok exec c1 sh -c "$OPEN"
	sees 'no read' 'no write'
}
