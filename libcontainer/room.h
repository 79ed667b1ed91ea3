/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The wall of mid/ and init/: code between the caller and the user's program has no heap, no stdio, no locks, no
 * environment, no name service and no exit handlers.  Every .c file of these rooms includes this last; the
 * nm check of `make walls` holds it from the other side.
 */
#ifndef ROOM_H
#define ROOM_H

#undef alloca /* a macro in musl */
#pragma GCC poison malloc calloc realloc free strdup strndup alloca
#pragma GCC poison printf fprintf sprintf snprintf vsnprintf vfprintf puts fopen fdopen fclose fread fwrite perror     \
	strerror
#pragma GCC poison getenv setenv putenv unsetenv
#pragma GCC poison getpwnam getpwuid getgrnam getgrgid getpwent
#pragma GCC poison exit atexit abort system popen fork vfork
#pragma GCC poison pthread_create pthread_mutex_lock
#pragma GCC poison execvp execlp execv execl posix_spawn
#endif
