/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config.json: each thing that is wrong, with the words that a person gets; and its neighbour that is right. */
#include "spec_refusal.h"

#include "json/json.h"

static const struct refusal document[] = {
	{ { 0 }, NULL },
	{ { .version = "" }, "/ociVersion: required" },
	{ { .version = "'ociVersion':null" }, "/ociVersion: required" },
	{ { .version = "'ociVersion':1" }, "/ociVersion: must be a string" },
	{ { .version = "'ociVersion':''" }, "/ociVersion: required (it is empty)" },
	{ { .version = "'ociVersion':'1.0.0'" }, NULL },
	{ { .version = "'ociVersion':'1.0.2-dev'" }, NULL },
	{ { .version = "'ociVersion':'1.1.0-rc.1'" }, NULL },
	{ { .version = "'ociVersion':'1.1.0-rc.1+dev.5'" }, NULL },
	{ { .version = "'ociVersion':'1.3.17+dev'" }, NULL },
	{ { .version = "'ociVersion':'1.4.0'" }, NULL },
	{ { .version = "'ociVersion':'1.10.0-dev'" }, NULL },
	{ { .version = "'ociVersion':'2.0.0'" }, "/ociVersion: version 2.0.0 is not supported, only 1.x" },
	{ { .version = "'ociVersion':'0.9.0'" }, "/ociVersion: version 0.9.0 is not supported, only 1.x" },
	{ { .version = "'ociVersion':'99.0.0'" }, "/ociVersion: version 99.0.0 is not supported, only 1.x" },
	{ { .version = "'ociVersion':'4294967297.0.0'" },
	  "/ociVersion: version 4294967297.0.0 is not supported, only 1.x" },
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
	{ { .root = "{'path':'x','readonly':null}" }, NULL },
	{ { .root = "{'path':null}" }, "/root/path: required" },
	{ { .root = "'rootfs'" }, "/root: must be an object" },
	{ { .process = "" }, "/process: required" },
	/* unknown members are ignored, and so are other systems' */
	TOP("'x':{'y':[1]},'windows':{'a':1},'solaris':{},'vm':{'hypervisor':{'path':'/x'}},'zos':{},'freebsd':{}",
	    NULL),
	TOP("'hostname':'h','domainname':'d'", NULL),
	TOP("'hostname':5", "/hostname: must be a string"),
	TOP("'hostname':null,'domainname':null", NULL),
	{ { .linux_ = "'namespaces':[" NS("mount") "]", .more = "'hostname':'h'" },
	  "/hostname: needs \"uts\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "]", .more = "'domainname':'h'" },
	  "/domainname: needs \"uts\" in /linux/namespaces" },
	{ { .linux_ = "'namespaces':[" NS("mount") "]", .more = "'hostname':'','domainname':''" }, NULL },
	TOP("'hostname':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
	    "/hostname: 65 bytes are above the maximum 64"),
	TOP("'annotations':{'a':'1','b':''}", NULL),
	TOP("'annotations':null", NULL),
	TOP("'annotations':{'a':null}", NULL),
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
	{ { .process = "'args':['a'],'cwd':null" }, "/process/cwd: required" },
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
	PROC("'consoleSize':{}", NULL),
	PROC("'terminal':false,'consoleSize':{'height':-1}", NULL),
	PROC("'terminal':null,'noNewPrivileges':null", NULL),
	PROC("'terminal':true,'consoleSize':{'height':24}", "/process/consoleSize/width: required"),
	PROC("'consoleSize':{'height':24},'terminal':true", "/process/consoleSize/width: required"),
	PROC("'terminal':true,'consoleSize':{'height':65536,'width':80}",
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
	PROC("'user':{'uid':null,'gid':null}", NULL),
	PROC("'user':{'uid':false}", "/process/user/uid: must be an integer"),
	PROC("'user':{'umask':511}", NULL),
	PROC("'user':{'umask':null}", NULL),
	PROC("'user':{'umask':4294967295}", NULL),
	PROC("'user':{'umask':4294967296}", "/process/user/umask: 4294967296 is above the maximum 4294967295"),
	PROC("'user':{'umask':-1}", "/process/user/umask: -1 is below the minimum 0"),
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
	    "/mounts/0/gidMappings: required together with uidMappings"),
	TOP("'mounts':[{'destination':'/a','gidMappings':[{'containerID':0,'hostID':0,'size':1}]}]",
	    "/mounts/0/uidMappings: required together with gidMappings"),
	TOP("'mounts':[{'destination':'/a','uidMappings':[{'containerID':0,'hostID':0,'size':0}],"
	    "'gidMappings':[{'containerID':0,'hostID':0,'size':1}]}]",
	    "/mounts/0/uidMappings/0/size: 0 is below the minimum 1"),
	TOP("'mounts':[{'destination':'/a','uidMappings':[{'containerID':0,'hostID':0,'size':1}],"
	    "'gidMappings':[{'containerID':0,'hostID':0,'size':9},{'containerID':9,'hostID':8,'size':1}]}]",
	    "/mounts/0/gidMappings/1/hostID: overlaps with element 0"),
	TOP("'mounts':[{'destination':'/a','options':['bind','idmap']}]", NULL),
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
	TOP("'hooks':{'poststart':[{'path':'/a','env':['B','=c','']}]}", NULL),
	TOP("'hooks':{'poststart':[{'path':'/a','env':[5]}]}", "/hooks/poststart/0/env/0: must be a string"),
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

TABLE_TEST(document)
TABLE_TEST(process)
TABLE_TEST(mounts)
TABLE_TEST(hooks)

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
		cmocka_unit_test(lists_every_problem),	   cmocka_unit_test(list_is_bounded),
		cmocka_unit_test(too_many_mappings),	   cmocka_unit_test(messages_are_tame),
		cmocka_unit_test(refuses_other_documents), cmocka_unit_test(survives_wrong_types),
	};

	return cmocka_run_group_tests_name("spec refusals", tests, NULL, NULL);
}
