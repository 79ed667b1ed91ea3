/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.json: each thing that is wrong, with the words that a person gets; and its neighbour that is right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"
#include "json/json.h"
#include "spec/spec.h"
#include "spec_text.h"

#define N(table) (sizeof(table) / sizeof((table)[0]))

struct refusal {
	struct pieces pieces;
	const char *want; /* NULL: nothing is wrong */
};

/* Decodes and, when that went well, checks. */
static int take(const char *text, struct buf *problems, struct lct_err *err)
{
	_cleanup_arena_ struct arena a = { 0 };
	struct spec s;
	int r = spec_decode(&a, text, strlen(text), &s, problems, err);

	return r < 0 ? r : spec_check(&a, &s, problems, err);
}

static void run(const struct refusal *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_buf_ struct buf problems = { 0 };
		struct lct_err err = { 0 };
		char *text = config_text(&cases[i].pieces);
		int r = take(text, &problems, &err);

		if (strcmp(err.text, cases[i].want ? cases[i].want : "") != 0)
			fail_msg("%s\n  gives \"%s\"\n  not   \"%s\"", text, err.text,
				 cases[i].want ? cases[i].want : "");
		assert_int_equal(r, cases[i].want ? -EINVAL : 0);
		assert_string_equal(problems.data ? problems.data : "", cases[i].want ? cases[i].want : "");
		if (cases[i].want) {
			assert_int_equal(err.code, LCT_E_CONFIG);
			assert_int_equal(strncmp(err.text, err.where, strlen(err.where)), 0);
			assert_int_equal(err.where[0], '/');
		}
		free(text);
	}
}

#define TOP(more_, want_)                                                                                              \
	{                                                                                                              \
		{ .more = more_ }, want_                                                                               \
	}
#define PROC(process_, want_)                                                                                          \
	{                                                                                                              \
		{ .process = PROCESS_PIECE "," process_ }, want_                                                       \
	}
#define LINUX(linux__, want_)                                                                                          \
	{                                                                                                              \
		{ .linux_ = NAMESPACES_PIECE "," linux__ }, want_                                                      \
	}

static const struct refusal document[] = {
	{ { 0 }, NULL },
	{ { .version = "" }, "/ociVersion: required" },
	{ { .version = "'ociVersion':null" }, "/ociVersion: must be a string" },
	{ { .version = "'ociVersion':1" }, "/ociVersion: must be a string" },
	{ { .version = "'ociVersion':''" }, "/ociVersion: required (it is empty)" },
	{ { .version = "'ociVersion':'1.0.0'" }, NULL },
	{ { .version = "'ociVersion':'1.0.2-dev'" }, NULL },
	{ { .version = "'ociVersion':'1.1.0-rc.1'" }, NULL },
	{ { .version = "'ociVersion':'1.1.0-rc.1+dev.5'" }, NULL },
	{ { .version = "'ociVersion':'1.3.17+dev'" }, NULL },
	{ { .version = "'ociVersion':'1.4.0'" }, "/ociVersion: version 1.4.0 is not supported, only 1.0.0 to 1.3.x" },
	{ { .version = "'ociVersion':'2.0.0'" }, "/ociVersion: version 2.0.0 is not supported, only 1.0.0 to 1.3.x" },
	{ { .version = "'ociVersion':'0.9.0'" }, "/ociVersion: version 0.9.0 is not supported, only 1.0.0 to 1.3.x" },
	{ { .version = "'ociVersion':'99.0.0'" }, "/ociVersion: version 99.0.0 is not supported, only 1.0.0 to 1.3.x" },
	{ { .version = "'ociVersion':'4294967297.0.0'" },
	  "/ociVersion: version 4294967297.0.0 is not supported, only 1.0.0 to 1.3.x" },
	{ { .version = "'ociVersion':'1.2'" }, "/ociVersion: \"1.2\" is not a version as \"1.2.3\"" },
	{ { .version = "'ociVersion':'v1.2.0'" }, "/ociVersion: \"v1.2.0\" is not a version as \"1.2.3\"" },
	{ { .version = "'ociVersion':'01.2.0'" }, "/ociVersion: \"01.2.0\" is not a version as \"1.2.3\"" },
	{ { .version = "'ociVersion':'1.2.0-'" }, "/ociVersion: \"1.2.0-\" is not a version as \"1.2.3\"" },
	{ { .version = "'ociVersion':'1.2.0-a..b'" }, "/ociVersion: \"1.2.0-a..b\" is not a version as \"1.2.3\"" },
	{ { .version = "'ociVersion':'1.2.0 '" }, "/ociVersion: \"1.2.0 \" is not a version as \"1.2.3\"" },
	{ { .version = "'ociVersion':'1.2.0.0'" }, "/ociVersion: \"1.2.0.0\" is not a version as \"1.2.3\"" },
	{ { .root = "null" }, "/root: required" },
	{ { .root = "{}" }, "/root/path: required" },
	{ { .root = "{'path':''}" }, "/root/path: required (it is empty)" },
	{ { .root = "{'path':['x']}" }, "/root/path: must be a string" },
	{ { .root = "{'path':'x','readonly':1}" }, "/root/readonly: must be true or false" },
	{ { .root = "{'path':'x','readonly':null}" }, "/root/readonly: must be true or false" },
	{ { .root = "'rootfs'" }, "/root: must be an object" },
	{ { .process = "" }, "/process: required" },
	/* unknown members are ignored, and so are other systems' */
	TOP("'x':{'y':[1]},'windows':{'a':1},'solaris':{},'vm':{'hypervisor':{'path':'/x'}},'zos':{},'freebsd':{}",
	    NULL),
	TOP("'hostname':'h','domainname':'d'", NULL),
	TOP("'hostname':5", "/hostname: must be a string"),
	TOP("'hostname':null", "/hostname: must be a string"),
	{ { .linux_ = "'namespaces':[" NS("mount") "]", .more = "'hostname':'h'" },
	  "/hostname: needs \"uts\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "]", .more = "'domainname':'h'" },
	  "/domainname: needs \"uts\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "]", .more = "'hostname':'','domainname':''" }, NULL },
	TOP("'hostname':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
	    "/hostname: 65 bytes are above the maximum 64"),
	TOP("'annotations':{'a':'1','b':''}", NULL),
	TOP("'annotations':null", NULL),
	TOP("'annotations':{'':'x'}", "/annotations/: an annotation's key must not be empty"),
	TOP("'annotations':{'a/b~c':5}", "/annotations/a~1b~0c: must be a string"),
	TOP("'annotations':['a']", "/annotations: must be an object"),
};

static const struct refusal process[] = {
	{ { .process = "'cwd':'/'" }, "/process/args: required" },
	{ { .process = "'cwd':'/','args':null" }, "/process/args: required" },
	{ { .process = "'cwd':'/','args':[]" }, "/process/args: required (it is empty)" },
	{ { .process = "'cwd':'/','args':['']" }, NULL }, /* the start path's error */
	{ { .process = "'cwd':'/','args':[5]" }, "/process/args/0: must be a string" },
	{ { .process = "'cwd':'/','args':['a',null]" }, "/process/args/1: must be a string" },
	{ { .process = "'cwd':'/','args':'sh'" }, "/process/args: must be an array" },
	{ { .process = "'cwd':'/','args':{'0':'sh'}" }, "/process/args: must be an array" },
	{ { .process = "'args':['a']" }, "/process/cwd: required" },
	{ { .process = "'args':['a'],'cwd':''" }, "/process/cwd: required (it is empty)" },
	{ { .process = "'args':['a'],'cwd':'tmp'" }, "/process/cwd: \"tmp\" is not an absolute path" },
	{ { .process = "'args':['a'],'cwd':null" }, "/process/cwd: must be a string" },
	PROC("'env':null", NULL),
	PROC("'env':[]", NULL),
	PROC("'env':['A=1','B=','C==','A=2']", NULL),
	PROC("'env':['A=1','B']", "/process/env/1: \"B\" is not NAME=value"),
	PROC("'env':['A=1','']", "/process/env/1: \"\" is not NAME=value"),
	PROC("'env':['=x']", "/process/env/0: \"=x\" has no name before \"=\""),
	PROC("'env':['A=1',true]", "/process/env/1: must be a string"),
	PROC("'terminal':'yes'", "/process/terminal: must be true or false"),
	PROC("'terminal':0", "/process/terminal: must be true or false"),
	PROC("'consoleSize':{'height':24,'width':80}", NULL),
	PROC("'consoleSize':null", NULL),
	PROC("'consoleSize':{'height':24}", "/process/consoleSize/width: required"),
	PROC("'consoleSize':{'height':65536,'width':80}",
	     "/process/consoleSize/height: 65536 is above the maximum 65535"),
	PROC("'user':null", NULL),
	PROC("'user':{}", NULL),
	PROC("'user':[]", "/process/user: must be an object"),
	PROC("'user':{'username':'root'}", NULL),
	PROC("'user':{'uid':4294967294,'gid':4294967294}", NULL),
	PROC("'user':{'uid':4294967295}", "/process/user/uid: 4294967295 is no id"),
	PROC("'user':{'gid':4294967295}", "/process/user/gid: 4294967295 is no id"),
	PROC("'user':{'uid':4294967296}", "/process/user/uid: 4294967296 is above the maximum 4294967295"),
	PROC("'user':{'uid':18446744073709551616}",
	     "/process/user/uid: 18446744073709551616 is above the maximum 4294967295"),
	PROC("'user':{'uid':-1}", "/process/user/uid: -1 is below the minimum 0"),
	PROC("'user':{'uid':1.0}", "/process/user/uid: 1.0 is not an integer in plain digits"),
	PROC("'user':{'uid':1e3}", "/process/user/uid: 1e3 is not an integer in plain digits"),
	PROC("'user':{'uid':'0'}", "/process/user/uid: must be an integer"),
	PROC("'user':{'uid':null}", "/process/user/uid: must be an integer"),
	PROC("'user':{'uid':false}", "/process/user/uid: must be an integer"),
	PROC("'user':{'umask':511}", NULL),
	PROC("'user':{'umask':null}", NULL),
	PROC("'user':{'umask':512}", "/process/user/umask: 512 is above the maximum 511"),
	PROC("'user':{'additionalGids':null}", NULL),
	PROC("'user':{'additionalGids':[0,5]}", NULL),
	PROC("'user':{'additionalGids':[0,-5]}", "/process/user/additionalGids/1: -5 is below the minimum 0"),
	PROC("'user':{'additionalGids':[4294967295]}", "/process/user/additionalGids/0: 4294967295 is no id"),
	PROC("'user':{'additionalGids':5}", "/process/user/additionalGids: must be an array"),
	PROC("'capabilities':null", NULL),
	PROC("'capabilities':{'bounding':null,'ambient':[]}", NULL),
	PROC("'capabilities':{'bounding':['CAP_FROM_THE_FUTURE']}", NULL),
	PROC("'capabilities':{'bounding':['CAP_KILL',9]}", "/process/capabilities/bounding/1: must be a string"),
	PROC("'capabilities':{'permitted':'CAP_KILL'}", "/process/capabilities/permitted: must be an array"),
	PROC("'capabilities':['CAP_KILL']", "/process/capabilities: must be an object"),
	PROC("'rlimits':[{'type':'RLIMIT_CPU','soft':1,'hard':18446744073709551615}]", NULL),
	PROC("'rlimits':[{'type':'RLIMIT_CPU','soft':1,'hard':18446744073709551616}]",
	     "/process/rlimits/0/hard: 18446744073709551616 is above the maximum 18446744073709551615"),
	PROC("'rlimits':[{'type':'RLIMIT_CPU','soft':2,'hard':1}]",
	     "/process/rlimits/0/soft: 2 is above the hard limit 1"),
	PROC("'rlimits':[{'type':'RLIMIT_CPU','soft':1,'hard':1},{'type':'RLIMIT_CORE','soft':1,'hard':1},"
	     "{'type':'RLIMIT_CPU','soft':1,'hard':1}]",
	     "/process/rlimits/2/type: duplicate RLIMIT_CPU"),
	PROC("'rlimits':[{'type':'RLIMIT_FOO','soft':1,'hard':1}]",
	     "/process/rlimits/0/type: unknown resource limit \"RLIMIT_FOO\""),
	PROC("'rlimits':[{'soft':1,'hard':1}]", "/process/rlimits/0/type: required"),
	PROC("'rlimits':[{'type':'RLIMIT_CPU','hard':1}]", "/process/rlimits/0/soft: required"),
	PROC("'rlimits':[{'type':'RLIMIT_CPU','soft':1}]", "/process/rlimits/0/hard: required"),
	PROC("'rlimits':['RLIMIT_CPU']", "/process/rlimits/0: must be an object"),
	PROC("'noNewPrivileges':'true'", "/process/noNewPrivileges: must be true or false"),
	PROC("'oomScoreAdj':-1000", NULL),
	PROC("'oomScoreAdj':null", NULL),
	PROC("'oomScoreAdj':-1001", "/process/oomScoreAdj: -1001 is below the minimum -1000"),
	PROC("'oomScoreAdj':1001", "/process/oomScoreAdj: 1001 is above the maximum 1000"),
	PROC("'oomScoreAdj':99999999999999999999",
	     "/process/oomScoreAdj: 99999999999999999999 is above the maximum 1000"),
	PROC("'oomScoreAdj':-99999999999999999999",
	     "/process/oomScoreAdj: -99999999999999999999 is below the minimum -1000"),
};

static const struct refusal mounts[] = {
	TOP("'mounts':null", NULL),
	TOP("'mounts':[]", NULL),
	TOP("'mounts':[{'destination':'/x','type':'tmpfs','source':'tmpfs','options':['ro']}]", NULL),
	TOP("'mounts':[{'destination':'x'}]", NULL), /* read as "/x" */
	TOP("'mounts':[{'destination':'/x','type':'','source':'','options':null}]", NULL),
	TOP("'mounts':[{}]", "/mounts/0/destination: required"),
	TOP("'mounts':[{'destination':''}]", "/mounts/0/destination: required (it is empty)"),
	TOP("'mounts':[{'destination':'/a'},{'destination':5}]", "/mounts/1/destination: must be a string"),
	TOP("'mounts':[{'destination':'/a','options':'ro'}]", "/mounts/0/options: must be an array"),
	TOP("'mounts':[{'destination':'/a','options':['ro',1]}]", "/mounts/0/options/1: must be a string"),
	TOP("'mounts':{'destination':'/a'}", "/mounts: must be an array"),
	TOP("'mounts':['/a']", "/mounts/0: must be an object"),
	TOP("'mounts':[{'destination':'/a','uidMappings':[],'gidMappings':null}]", NULL),
	TOP("'mounts':[{'destination':'/a','uidMappings':[{'containerID':0,'hostID':0,'size':1}]}]",
	    "/mounts/0/uidMappings: not supported yet"),
	TOP("'mounts':[{'destination':'/a','options':['bind','idmap']}]",
	    "/mounts/0/options/1: mount option \"idmap\" is not supported yet"),
	TOP("'mounts':[{'destination':'/a','options':['ridmap']}]",
	    "/mounts/0/options/0: mount option \"ridmap\" is not supported yet"),
};

static const struct refusal hooks[] = {
	TOP("'hooks':null", NULL),
	TOP("'hooks':{}", NULL),
	TOP("'hooks':{'prestart':null,'poststop':[]}", NULL),
	TOP("'hooks':{'poststop':[{'path':'/x','args':['x'],'env':['A=b'],'timeout':1},{'path':'/x'}]}", NULL),
	TOP("'hooks':{'unheardOf':[{'path':5}]}", NULL),
	TOP("'hooks':[]", "/hooks: must be an object"),
	TOP("'hooks':{'prestart':[{}]}", "/hooks/prestart/0/path: required"),
	TOP("'hooks':{'createRuntime':[{'path':''}]}", "/hooks/createRuntime/0/path: required (it is empty)"),
	TOP("'hooks':{'createContainer':[{'path':'a/b'}]}",
	    "/hooks/createContainer/0/path: \"a/b\" is not an absolute path"),
	TOP("'hooks':{'startContainer':[{'path':'/a'},{'path':'b'}]}",
	    "/hooks/startContainer/1/path: \"b\" is not an absolute path"),
	TOP("'hooks':{'poststart':[{'path':'/a','env':['B']}]}", "/hooks/poststart/0/env/0: \"B\" is not NAME=value"),
	TOP("'hooks':{'poststop':[{'path':'/a','timeout':0}]}", "/hooks/poststop/0/timeout: 0 is below the minimum 1"),
	TOP("'hooks':{'poststop':[{'path':'/a','timeout':-3}]}",
	    "/hooks/poststop/0/timeout: -3 is below the minimum 1"),
	TOP("'hooks':{'poststop':[{'path':'/a','timeout':null}]}", NULL),
	TOP("'hooks':{'poststop':[{'path':'/a','timeout':1.5}]}",
	    "/hooks/poststop/0/timeout: 1.5 is not an integer in plain digits"),
	TOP("'hooks':{'poststop':[{'path':'/a','timeout':2147484}]}",
	    "/hooks/poststop/0/timeout: 2147484 is above the maximum 2147483"),
	TOP("'hooks':{'poststop':[{'path':'/a','args':[1]}]}", "/hooks/poststop/0/args/0: must be a string"),
};

#define ID(c, h, s) "{'containerID':" #c ",'hostID':" #h ",'size':" #s "}"

static const struct refusal namespaces[] = {
	{ { .linux_ = "" }, "/linux/namespaces: a mount namespace is required" },
	{ { .linux_ = "'namespaces':null" }, "/linux/namespaces: a mount namespace is required" },
	{ { .linux_ = "'namespaces':[" NS("pid") "]" }, "/linux/namespaces: a mount namespace is required" },
	{ { .linux_ = "'namespaces':[" NS("mount") "]" }, NULL },
	{ { .linux_ = "'namespaces':[" NS("mount") "," NS("cgroup") "," NS("time") "]" }, NULL },
	{ { .linux_ = "'namespaces':[{'type':'mount','path':''}]" }, NULL },
	{ { .linux_ = "'namespaces':[{'type':'mount'},{'type':'network','path':'/run/netns/x'}]" }, NULL },
	{ { .linux_ = "'namespaces':[{'type':'mount'},{'type':'network','path':'netns/x'}]" },
	  "/linux/namespaces/1/path: \"netns/x\" is not an absolute path" },
	{ { .linux_ = "'namespaces':[" NS("mount") "," NS("pid") "," NS("mount") "]" },
	  "/linux/namespaces/2: duplicate namespace \"mount\"" },
	{ { .linux_ = "'namespaces':[" NS("mount") "," NS("net") "]" },
	  "/linux/namespaces/1/type: unknown namespace \"net\"" },
	{ { .linux_ = "'namespaces':[{'path':'/x'}]" }, "/linux/namespaces/0/type: required" },
	{ { .linux_ = "'namespaces':[{'type':''}]" }, "/linux/namespaces/0/type: required (it is empty)" },
	{ { .linux_ = "'namespaces':['mount']" }, "/linux/namespaces/0: must be an object" },
	{ { .linux_ = "'namespaces':{}" }, "/linux/namespaces: must be an array" },
	LINUX("'uidMappings':null,'gidMappings':[]", NULL),
	LINUX("'uidMappings':[" ID(0, 100000, 65536) "],'gidMappings':[" ID(0, 0, 1) "]", NULL),
	{ { .linux_ = "'namespaces':[" NS("mount") "],'uidMappings':[" ID(0, 0, 1) "]" },
	  "/linux/uidMappings: needs \"user\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "],'gidMappings':[" ID(0, 0, 1) "]" },
	  "/linux/gidMappings: needs \"user\" in /linux/namespaces" },
	LINUX("'uidMappings':[{'containerID':0,'hostID':0}]", "/linux/uidMappings/0/size: required"),
	LINUX("'uidMappings':[{'containerID':0,'size':1}]", "/linux/uidMappings/0/hostID: required"),
	LINUX("'gidMappings':[{'hostID':0,'size':1}]", "/linux/gidMappings/0/containerID: required"),
	LINUX("'uidMappings':[" ID(0, 0, 0) "]", "/linux/uidMappings/0/size: 0 is below the minimum 1"),
	LINUX("'uidMappings':[" ID(-1, 0, 1) "]", "/linux/uidMappings/0/containerID: -1 is below the minimum 0"),
	LINUX("'uidMappings':[" ID(0, 4294967296, 1) "]",
	      "/linux/uidMappings/0/hostID: 4294967296 is above the maximum 4294967295"),
	LINUX("'uidMappings':[" ID(0, 0, 4294967295) "]", NULL),
	LINUX("'uidMappings':[" ID(1, 0, 4294967295) "]",
	      "/linux/uidMappings/0/size: the range ends above the last id 4294967294"),
	LINUX("'uidMappings':[" ID(0, 4294967294, 2) "]",
	      "/linux/uidMappings/0/size: the range ends above the last id 4294967294"),
	LINUX("'uidMappings':[" ID(0, 0, 10) "," ID(10, 10, 10) "," ID(20, 100, 1) "]", NULL),
	LINUX("'uidMappings':[" ID(0, 0, 10) "," ID(9, 10, 10) "]",
	      "/linux/uidMappings/1/containerID: overlaps with element 0"),
	LINUX("'uidMappings':[" ID(9, 10, 10) "," ID(0, 0, 10) "]",
	      "/linux/uidMappings/1/containerID: overlaps with element 0"),
	LINUX("'gidMappings':[" ID(0, 0, 10) "," ID(10, 5, 10) "]",
	      "/linux/gidMappings/1/hostID: overlaps with element 0"),
	LINUX("'timeOffsets':null", NULL),
	LINUX("'timeOffsets':{'monotonic':{'secs':-5,'nanosecs':999999999},'boottime':{'secs':5}}", NULL),
	LINUX("'timeOffsets':{'monotonic':{'nanosecs':1000000000}}",
	      "/linux/timeOffsets/monotonic/nanosecs: 1000000000 is above the maximum 999999999"),
	LINUX("'timeOffsets':{'realtime':{'secs':1}}", "/linux/timeOffsets/realtime: unknown clock"),
	LINUX("'timeOffsets':{'boottime':5}", "/linux/timeOffsets/boottime: must be an object"),
	{ { .linux_ = "'namespaces':[" NS("mount") "],'timeOffsets':{'boottime':{'secs':1}}" },
	  "/linux/timeOffsets: needs \"time\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "],'timeOffsets':{}" }, NULL },
};

#define DEV(members) "'devices':[{" members "}]"

static const struct refusal devices_and_paths[] = {
	LINUX("'devices':null", NULL),
	LINUX(DEV("'path':'/dev/x','type':'c','major':4095,'minor':1048575,'fileMode':438,'uid':1,'gid':2"), NULL),
	LINUX(DEV("'path':'/dev/x','type':'b','major':1,'minor':1,'fileMode':8630"), NULL),
	LINUX(DEV("'path':'/dev/x','type':'p'"), NULL),
	LINUX(DEV("'path':'/dev/x','type':'c','minor':1"),
	      "/linux/devices/0/major: required for a device of this type"),
	LINUX(DEV("'path':'/dev/x','type':'u','major':1"),
	      "/linux/devices/0/minor: required for a device of this type"),
	LINUX(DEV("'path':'/dev/x','type':'c','major':4096,'minor':1"),
	      "/linux/devices/0/major: 4096 is above the maximum 4095"),
	LINUX(DEV("'path':'/dev/x','type':'c','major':1,'minor':-1"),
	      "/linux/devices/0/minor: -1 is below the minimum 0"),
	LINUX(DEV("'path':'/dev/x','type':'char','major':1,'minor':1"),
	      "/linux/devices/0/type: device type \"char\" is not one letter of \"cbup\""),
	LINUX(DEV("'path':'/dev/x','type':'','major':1,'minor':1"),
	      "/linux/devices/0/type: device type \"\" is not one letter of \"cbup\""),
	LINUX(DEV("'path':'/dev/x','major':1,'minor':1"), "/linux/devices/0/type: required"),
	LINUX(DEV("'type':'p'"), "/linux/devices/0/path: required"),
	LINUX(DEV("'type':'p','path':'dev/x'"), "/linux/devices/0/path: \"dev/x\" is not an absolute path"),
	LINUX(DEV("'type':'p','path':'/x','fileMode':65536"),
	      "/linux/devices/0/fileMode: 65536 is above the maximum 65535"),
	LINUX("'devices':[{'type':'p','path':'/b'},{'type':'p','path':'/a'},{'type':'p','path':'/b'}]",
	      "/linux/devices/2/path: duplicate device /b"),
	LINUX("'cgroupsPath':'/a/b'", NULL),
	LINUX("'cgroupsPath':'a..b/..c'", NULL),
	LINUX("'cgroupsPath':''", NULL),
	LINUX("'cgroupsPath':'system.slice:kin:x'", NULL),
	LINUX("'cgroupsPath':'/a/../b'", "/linux/cgroupsPath: must not contain \"..\""),
	LINUX("'cgroupsPath':'..'", "/linux/cgroupsPath: must not contain \"..\""),
	LINUX("'cgroupsPath':'a//..'", "/linux/cgroupsPath: must not contain \"..\""),
	LINUX("'cgroupsPath':7", "/linux/cgroupsPath: must be a string"),
	LINUX("'maskedPaths':null,'readonlyPaths':[]", NULL),
	LINUX("'maskedPaths':['/proc/x'],'readonlyPaths':['/proc/y']", NULL),
	LINUX("'maskedPaths':['/proc/x','proc/y']", "/linux/maskedPaths/1: \"proc/y\" is not an absolute path"),
	LINUX("'readonlyPaths':['']", "/linux/readonlyPaths/0: \"\" is not an absolute path"),
	LINUX("'readonlyPaths':[{}]", "/linux/readonlyPaths/0: must be a string"),
	LINUX("'rootfsPropagation':''", NULL),
	LINUX("'rootfsPropagation':'rslave'", NULL),
	LINUX("'rootfsPropagation':'unbindable'", NULL),
	LINUX("'rootfsPropagation':'sharing'",
	      "/linux/rootfsPropagation: \"sharing\" is none of shared, slave, private, unbindable, rshared, rslave, "
	      "rprivate, runbindable"),
};

static const struct refusal sysctls[] = {
	LINUX("'sysctl':null", NULL),
	LINUX("'sysctl':{'net.ipv4.ip_forward':'1','net/core/somaxconn':'1','net.ipv4.conf.eth0/1.mtu':'5'}", NULL),
	LINUX("'sysctl':{'kernel.msgmax':'1','kernel/shmmax':'1','kernel.shm_rmid_forced':'0','fs.mqueue.msg_max':'1'}",
	      NULL),
	LINUX("'sysctl':{'kernel.sem':'1\\t2 3 4','kernel.hostname':'x','kernel.domainname':'y'}", NULL),
	LINUX("'sysctl':{'kernel.core_pattern':'|/x'}",
	      "/linux/sysctl/kernel.core_pattern: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'vm.swappiness':'1'}",
	      "/linux/sysctl/vm.swappiness: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'network.x':'1'}",
	      "/linux/sysctl/network.x: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'kernel.msgmaxi':'1'}",
	      "/linux/sysctl/kernel.msgmaxi: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'fs.mqueue':'1'}",
	      "/linux/sysctl/fs.mqueue: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'net':'1'}", "/linux/sysctl/net: not allowed: it belongs to no namespace of the container"),
	LINUX("'sysctl':{'net.':'1'}", "/linux/sysctl/net.: not the name of a sysctl"),
	LINUX("'sysctl':{'net/../kernel/core_pattern':'1'}",
	      "/linux/sysctl/net~1..~1kernel~1core_pattern: not the name of a sysctl"),
	LINUX("'sysctl':{'net.//.kernel':'1'}", "/linux/sysctl/net.~1~1.kernel: not the name of a sysctl"),
	LINUX("'sysctl':{'/net/x':'1'}", "/linux/sysctl/~1net~1x: not the name of a sysctl"),
	LINUX("'sysctl':{'net..x':'1'}", "/linux/sysctl/net..x: not the name of a sysctl"),
	LINUX("'sysctl':{'net.a b':'1'}", "/linux/sysctl/net.a b: not the name of a sysctl"),
	LINUX("'sysctl':{'':'1'}", "/linux/sysctl/: not the name of a sysctl"),
	LINUX("'sysctl':{'net.x':'1\\n2'}", "/linux/sysctl/net.x: the value must be one line"),
	LINUX("'sysctl':{'net.x':1}", "/linux/sysctl/net.x: must be a string"),
	LINUX("'sysctl':['net.x']", "/linux/sysctl: must be an object"),
	{ { .linux_ = "'namespaces':[" NS("mount") "],'sysctl':{'net.x':'1'}" },
	  "/linux/sysctl/net.x: needs \"network\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "],'sysctl':{'kernel.shmmni':'1'}" },
	  "/linux/sysctl/kernel.shmmni: needs \"ipc\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "],'sysctl':{'kernel.hostname':'1'}" },
	  "/linux/sysctl/kernel.hostname: needs \"uts\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") ",{'type':'network','path':'/x'}],'sysctl':{'net.x':'1'}" }, NULL },
};

#define RES(members) "'resources':{" members "}"

static const struct refusal resources[] = {
	LINUX("'resources':null", NULL),
	LINUX("'resources':[]", "/linux/resources: must be an object"),
	LINUX(RES(""), NULL),
	LINUX(RES("'memory':null,'cpu':{},'pids':null,'blockIO':{},'hugepageLimits':[],'network':{},'rdma':{},"
		  "'unified':null,'devices':null"),
	      NULL),
	LINUX(RES("'blockIO':{'weight':0,'weightDevice':[],'throttleReadBpsDevice':null}"), NULL),
	LINUX(RES("'blockIO':{'weight':10}"), "/linux/resources/blockIO: not supported yet"),
	LINUX(RES("'blockIO':{'weightDevice':[{'major':8,'minor':0,'weight':1}]}"),
	      "/linux/resources/blockIO: not supported yet"),
	LINUX(RES("'hugepageLimits':[{'pageSize':'2MB','limit':0}]"), NULL),
	LINUX(RES("'hugepageLimits':[{'pageSize':'2MB','limit':1}]"),
	      "/linux/resources/hugepageLimits: not supported yet"),
	LINUX(RES("'hugepageLimits':[{'pageSize':'2MB','limit':-1}]"),
	      "/linux/resources/hugepageLimits/0/limit: -1 is below the minimum 0"),
	LINUX(RES("'rdma':{'mlx5_1':{'hcaHandles':0}}"), NULL),
	LINUX(RES("'rdma':{'mlx5_1':{'hcaHandles':3}}"), "/linux/resources/rdma: not supported yet"),
	LINUX(RES("'network':{'classID':0,'priorities':[]}"), NULL),
	LINUX(RES("'network':{'classID':7}"), "/linux/resources/network: not supported yet"),
	LINUX(RES("'memory':{'limit':-1,'swap':-1,'reservation':0}"), NULL),
	LINUX(RES("'memory':{'limit':-2}"), "/linux/resources/memory/limit: -2 is below the minimum -1"),
	LINUX(RES("'memory':{'limit':9223372036854775808}"),
	      "/linux/resources/memory/limit: 9223372036854775808 is above the maximum 9223372036854775807"),
	LINUX(RES("'memory':{'limit':'1g'}"), "/linux/resources/memory/limit: must be an integer"),
	LINUX(RES("'memory':{'swap':5}"), "/linux/resources/memory/swap: a swap limit needs a memory limit"),
	LINUX(RES("'memory':{'swap':5,'limit':-1}"), "/linux/resources/memory/swap: a swap limit needs a memory limit"),
	LINUX(RES("'memory':{'swap':5,'limit':6}"),
	      "/linux/resources/memory/swap: memory and swap together (5) must not be below the memory limit 6"),
	LINUX(RES("'memory':{'swappiness':60,'kernel':5,'kernelTCP':-1,'disableOOMKiller':true}"), NULL),
	LINUX(RES("'memory':{'swappiness':'x'}"), "/linux/resources/memory/swappiness: must be an integer"),
	LINUX(RES("'cpu':{'quota':-1,'period':0,'shares':0,'cpus':'','mems':'','idle':null}"), NULL),
	LINUX(RES("'cpu':{'shares':-1}"), "/linux/resources/cpu/shares: -1 is below the minimum 0"),
	LINUX(RES("'cpu':{'idle':2}"), "/linux/resources/cpu/idle: 2 is above the maximum 1"),
	LINUX(RES("'cpu':{'realtimeRuntime':0,'realtimePeriod':null}"), NULL),
	LINUX(RES("'cpu':{'realtimeRuntime':950000}"), "/linux/resources/cpu/realtimeRuntime: not supported yet"),
	LINUX(RES("'pids':{'limit':0}"), NULL),
	LINUX(RES("'pids':{'limit':-1}"), NULL),
	LINUX(RES("'pids':{'limit':1.5}"), "/linux/resources/pids/limit: 1.5 is not an integer in plain digits"),
	LINUX(RES("'unified':{'memory.high':'5'}"), NULL),
	LINUX(RES("'unified':{'../x.y':'5'}"),
	      "/linux/resources/unified/..~1x.y: must be the name of a cgroup v2 file, as \"memory.high\""),
	LINUX(RES("'unified':{'..':'5'}"),
	      "/linux/resources/unified/..: must be the name of a cgroup v2 file, as \"memory.high\""),
	LINUX(RES("'unified':{'memory':'5'}"),
	      "/linux/resources/unified/memory: must be the name of a cgroup v2 file, as \"memory.high\""),
	LINUX(RES("'unified':{'memory.high':5}"), "/linux/resources/unified/memory.high: must be a string"),
	LINUX(RES("'unified':[]"), "/linux/resources/unified: must be an object"),
	LINUX(RES("'devices':[{'allow':true,'type':'c','major':1,'minor':null,'access':'rw'}]"), NULL),
	LINUX(RES("'devices':[{'allow':true,'type':'','access':''}]"), NULL),
	LINUX(RES("'devices':[{'access':'rwm'}]"), "/linux/resources/devices/0/allow: required"),
	LINUX(RES("'devices':[{'allow':true,'access':'rx'}]"),
	      "/linux/resources/devices/0/access: access \"rx\" has other letters than \"rwm\""),
	LINUX(RES("'devices':[{'allow':true,'type':'z'}]"),
	      "/linux/resources/devices/0/type: device type \"z\" is not one letter of \"abc\""),
	LINUX(RES("'devices':[{'allow':true,'major':-2}]"),
	      "/linux/resources/devices/0/major: -2 is below the minimum -1"),
};

#define SEC(members)  "'seccomp':{" members "}"
#define RULE(members) SEC("'defaultAction':'SCMP_ACT_ALLOW','syscalls':[{" members "}]")

static const struct refusal seccomp[] = {
	LINUX("'seccomp':null", NULL),
	LINUX(SEC(""), "/linux/seccomp/defaultAction: required"),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW'"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW','syscalls':null,'flags':null,'architectures':null"), NULL),
	LINUX(SEC("'defaultAction':'ALLOW'"), "/linux/seccomp/defaultAction: unknown action \"ALLOW\""),
	LINUX(SEC("'defaultAction':'SCMP_ACT_NOTIFY'"),
	      "/linux/seccomp/defaultAction: SCMP_ACT_NOTIFY is not supported yet"),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ERRNO','defaultErrnoRet':38"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_TRACE','defaultErrnoRet':null"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_KILL','defaultErrnoRet':38"),
	      "/linux/seccomp/defaultErrnoRet: SCMP_ACT_KILL takes no errno"),
	LINUX(SEC("'defaultAction':'SCMP_ACT_LOG','architectures':['SCMP_ARCH_X86_64','SCMP_ARCH_RISCV64']"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_LOG','architectures':['SCMP_ARCH_X86_64','x86']"),
	      "/linux/seccomp/architectures/1: unknown architecture \"x86\""),
	LINUX(SEC("'defaultAction':'SCMP_ACT_TRAP','flags':[]"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_TRAP','flags':['SECCOMP_FILTER_FLAG_LOG','X']"),
	      "/linux/seccomp/flags/1: unknown flag \"X\""),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'','listenerMetadata':''"), NULL),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW','listenerPath':'/x'"),
	      "/linux/seccomp/listenerPath: not supported yet"),
	LINUX(SEC("'defaultAction':'SCMP_ACT_ALLOW','listenerMetadata':'x'"),
	      "/linux/seccomp/listenerMetadata: not supported yet"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_ERRNO','errnoRet':1,'args':null"), NULL),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_ERRNO','args':[{'index':5,'value':18446744073709551615,"
		   "'valueTwo':1,'op':'SCMP_CMP_MASKED_EQ'}]"),
	      NULL),
	LINUX(RULE("'action':'SCMP_ACT_ERRNO'"), "/linux/seccomp/syscalls/0/names: required"),
	LINUX(RULE("'names':[],'action':'SCMP_ACT_ERRNO'"), "/linux/seccomp/syscalls/0/names: required (it is empty)"),
	LINUX(RULE("'names':['read',''],'action':'SCMP_ACT_ERRNO'"),
	      "/linux/seccomp/syscalls/0/names/1: a system call's name must not be empty"),
	LINUX(RULE("'names':['read']"), "/linux/seccomp/syscalls/0/action: required"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_NOTIFY'"),
	      "/linux/seccomp/syscalls/0/action: SCMP_ACT_NOTIFY is not supported yet"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_NONE'"),
	      "/linux/seccomp/syscalls/0/action: unknown action \"SCMP_ACT_NONE\""),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_KILL','errnoRet':1"),
	      "/linux/seccomp/syscalls/0/errnoRet: SCMP_ACT_KILL takes no errno"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_ERRNO','errnoRet':4294967296"),
	      "/linux/seccomp/syscalls/0/errnoRet: 4294967296 is above the maximum 4294967295"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':[{'index':6,'value':0,'op':'SCMP_CMP_EQ'}]"),
	      "/linux/seccomp/syscalls/0/args/0/index: 6 is above the maximum 5"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':[{'index':0,'value':0,'op':'EQ'}]"),
	      "/linux/seccomp/syscalls/0/args/0/op: unknown operator \"EQ\""),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':[{'index':0,'op':'SCMP_CMP_EQ'}]"),
	      "/linux/seccomp/syscalls/0/args/0/value: required"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':[{'index':0,'value':-1,'op':'SCMP_CMP_EQ'}]"),
	      "/linux/seccomp/syscalls/0/args/0/value: -1 is below the minimum 0"),
	LINUX(RULE("'names':['read'],'action':'SCMP_ACT_LOG','args':{}"),
	      "/linux/seccomp/syscalls/0/args: must be an array"),
};

/* Known to the spec, not yet to kin: refused when it asks for something, harmless when it does not. */
static const struct refusal unsupported[] = {
	PROC("'apparmorProfile':'','selinuxLabel':'','scheduler':null,'ioPriority':{},'execCPUAffinity':{}", NULL),
	PROC("'apparmorProfile':'docker-default'", "/process/apparmorProfile: not supported yet"),
	PROC("'selinuxLabel':'system_u:x'", "/process/selinuxLabel: not supported yet"),
	PROC("'scheduler':{'policy':'SCHED_FIFO','priority':1}", "/process/scheduler: not supported yet"),
	PROC("'ioPriority':{'class':'IOPRIO_CLASS_BE','priority':0}", "/process/ioPriority: not supported yet"),
	PROC("'execCPUAffinity':{'initial':'0'}", "/process/execCPUAffinity: not supported yet"),
	LINUX("'mountLabel':'','intelRdt':{},'personality':{'domain':'','flags':[]},'memoryPolicy':null,'netDevices':{"
	      "}",
	      NULL),
	LINUX("'mountLabel':'x'", "/linux/mountLabel: not supported yet"),
	LINUX("'intelRdt':{'closID':'x'}", "/linux/intelRdt: not supported yet"),
	LINUX("'intelRdt':{'enableMonitoring':true}", "/linux/intelRdt: not supported yet"),
	LINUX("'personality':{'domain':'LINUX32'}", "/linux/personality: not supported yet"),
	LINUX("'memoryPolicy':{'mode':'MPOL_BIND','nodes':'0'}", "/linux/memoryPolicy: not supported yet"),
	LINUX("'netDevices':{'eth0':{'name':'x'}}", "/linux/netDevices: not supported yet"),
	LINUX("'x':1.0,'y':0.0", NULL),
};

#define TABLE_TEST(table)                                                                                              \
	static void refuses_##table(void **state)                                                                      \
	{                                                                                                              \
		(void)state;                                                                                           \
		run(table, N(table));                                                                                  \
	}
TABLE_TEST(document)
TABLE_TEST(process)
TABLE_TEST(mounts)
TABLE_TEST(hooks)
TABLE_TEST(namespaces)
TABLE_TEST(devices_and_paths)
TABLE_TEST(sysctls)
TABLE_TEST(resources)
TABLE_TEST(seccomp)
TABLE_TEST(unsupported)

/* ---- more than one problem -------------------------------------------------------------------------------------- */

static void lists_every_problem(void **state)
{
	_cleanup_buf_ struct buf problems = { 0 };
	struct lct_err err = { 0 };
	char *text = config_text(
		&(struct pieces){ .process = "'args':[1],'user':{'uid':-1}", .more = "'hostname':[]" });

	(void)state;
	assert_int_equal(take(text, &problems, &err), -EINVAL);
	assert_string_equal(problems.data, "/hostname: must be a string\n"
					   "/process/user/uid: -1 is below the minimum 0\n"
					   "/process/args/0: must be a string\n"
					   "/process/cwd: required");
	assert_string_equal(err.text, "/hostname: must be a string");
	assert_string_equal(err.where, "/hostname");
	assert_int_equal(take(text, NULL, NULL), -EINVAL);
	free(text);
}

static void list_is_bounded(void **state)
{
	_cleanup_buf_ struct buf problems = { 0 }, env = { 0 };
	struct lct_err err = { 0 };
	size_t lines = 1;
	char *text, *piece;

	(void)state;
	buf_str(&env, PROCESS_PIECE ",'env':[0");
	for (size_t i = 0; i < 100000; i++)
		buf_str(&env, ",0");
	buf_str(&env, "]");
	piece = buf_take(&env);
	text = config_text(&(struct pieces){ .process = piece });
	assert_int_equal(take(text, &problems, &err), -EINVAL);
	assert_string_equal(err.text, "/process/env/0: must be a string");
	for (const char *p = problems.data; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 101);
	assert_string_equal(strrchr(problems.data, '\n'), "\nmore problems than can be listed");
	free(text);
	free(piece);
}

static void too_many_mappings(void **state)
{
	_cleanup_buf_ struct buf maps = { 0 };
	struct lct_err err = { 0 };

	(void)state;
	buf_str(&maps, NAMESPACES_PIECE ",'uidMappings':[");
	for (size_t i = 0; i < 341; i++)
		buf_printf(&maps, "%s{'containerID':%zu,'hostID':%zu,'size':1}", i ? "," : "", i, i);
	buf_str(&maps, "]");
	char *piece = buf_take(&maps), *text = config_text(&(struct pieces){ .linux_ = piece });

	assert_int_equal(take(text, NULL, &err), -EINVAL);
	assert_string_equal(err.text, "/linux/uidMappings: 341 mappings are above the maximum 340");
	free(text);
	free(piece);
}

/* Names and values from the document end up in messages: one line, bounded, whole characters. */
static void messages_are_tame(void **state)
{
	_cleanup_buf_ struct buf more = { 0 }, problems = { 0 };
	struct lct_err err = { 0 };
	char *text, *piece;

	(void)state;
	buf_str(&more, "'annotations':{'a\\nb\\u001b[31m");
	for (size_t i = 0; i < 1000; i++)
		buf_str(&more, "\xc3\xa9");
	buf_str(&more, "':1},'x':0");
	piece = buf_take(&more);
	text = config_text(&(struct pieces){ .more = piece });
	assert_int_equal(take(text, &problems, &err), -EINVAL);
	assert_null(strpbrk(err.text, "\n\033"));
	assert_null(strpbrk(problems.data, "\n\033"));
	assert_true(strlen(err.text) < 400);
	assert_string_equal(strstr(err.text, ": "), ": must be a string");
	{
		/* What was cut was not cut within a character. */
		_cleanup_buf_ struct buf json = { 0 };

		json_put_string(&json, err.text);
		assert_null(strstr(json.data, "\xef\xbf\xbd"));
	}
	free(text);
	free(piece);
}

static void refuses_other_documents(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
		{ "[]", "config.json must be a JSON object" },
		{ "null", "config.json must be a JSON object" },
		{ "", "config.json: line 1, column 1: premature EOF" },
		{ "{", "config.json: line 1, column 2: premature EOF" },
		{ "{\"a\":1,\"a\":1}", "config.json: line 1, column 8: duplicate name \"a\"" },
	};

	(void)state;
	for (size_t i = 0; i < N(cases); i++) {
		_cleanup_buf_ struct buf problems = { 0 };
		struct lct_err err = { 0 };

		assert_int_equal(take(cases[i].text, &problems, &err), -EINVAL);
		assert_string_equal(err.text, cases[i].want);
		assert_string_equal(problems.data, cases[i].want);
	}
}

/* A document with each value replaced by each other kind of value must never do more than be refused. */
static void survives_wrong_types(void **state)
{
	static const char *const values[] = { "null", "true",	"-1", "1e9",  "\"\"",	   "\"x\"",
					      "[]",   "[null]", "{}", "[{}]", "{\"x\":{}}" };
	static const char *const members[] = {
		"'ociVersion':", "'root':",	   "'hostname':", "'mounts':",
		"'hooks':",	 "'annotations':", "'process':",  "'linux':",
	};
	static const char *const process_members[] = {
		"'terminal':", "'consoleSize':",  "'user':",	"'args':",	  "'env':",
		"'cwd':",      "'capabilities':", "'rlimits':", "'oomScoreAdj':", "'noNewPrivileges':",
	};
	static const char *const linux_members[] = {
		"'namespaces':",  "'uidMappings':",	  "'timeOffsets':",   "'devices':",
		"'cgroupsPath':", "'resources':",	  "'seccomp':",	      "'sysctl':",
		"'maskedPaths':", "'rootfsPropagation':", "'readonlyPaths':",
	};
	char text[256];

	(void)state;
	for (size_t v = 0; v < N(values); v++) {
		for (size_t i = 0; i < N(members); i++) {
			snprintf(text, sizeof(text), "{%s%s}", members[i], values[v]);
			assert_int_equal(take(quoted(text), NULL, NULL), -EINVAL);
		}
		for (size_t i = 0; i < N(process_members); i++) {
			snprintf(text, sizeof(text), "{'process':{%s%s}}", process_members[i], values[v]);
			assert_int_equal(take(quoted(text), NULL, NULL), -EINVAL);
		}
		for (size_t i = 0; i < N(linux_members); i++) {
			snprintf(text, sizeof(text), "{'linux':{%s%s}}", linux_members[i], values[v]);
			assert_int_equal(take(quoted(text), NULL, NULL), -EINVAL);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_document),	   cmocka_unit_test(refuses_process),
		cmocka_unit_test(refuses_mounts),	   cmocka_unit_test(refuses_hooks),
		cmocka_unit_test(refuses_namespaces),	   cmocka_unit_test(refuses_devices_and_paths),
		cmocka_unit_test(refuses_sysctls),	   cmocka_unit_test(refuses_resources),
		cmocka_unit_test(refuses_seccomp),	   cmocka_unit_test(refuses_unsupported),
		cmocka_unit_test(lists_every_problem),	   cmocka_unit_test(list_is_bounded),
		cmocka_unit_test(too_many_mappings),	   cmocka_unit_test(messages_are_tame),
		cmocka_unit_test(refuses_other_documents), cmocka_unit_test(survives_wrong_types),
	};

	return cmocka_run_group_tests_name("spec refusals", tests, NULL, NULL);
}
