/* Loaded before the C library (LD_PRELOAD), it counts the calls of one process, over all its threads, that touch files
 * below FAULTS_UNDER or a network connection, and does something to the FAULTS_AT-th of them.
 *
 *   FAULTS_UNDER  folder; only files in it count. A relative path counts always: the process is started there.
 *   FAULTS_CLASS  "file", "net" or "all"
 *   FAULTS_CALLS  only these calls count, between commas: ",rename,open,"; empty is all
 *   FAULTS_PATH   only paths that hold this text count; empty is all
 *   FAULTS_AT     from 1; 0 only counts
 *   FAULTS_DO     kill          the process, before the call
 *                 once, always, dead   fails with FAULTS_ERRNO: this call; from now on this call on this path; every call
 *                 short         half of a write
 *                 delay         waits FAULTS_MS before the call
 *   FAULTS_LOG    gets a line per counted call, and FIRED before the one that something is done to
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { NONE, FILES = 1, NET = 2, PATHS = 4096, NAME = 512 };

static char under[NAME], path_filter[NAME], calls[NAME], what[16];
static int classes, error_number, log_fd = -1;
static long at, milliseconds;
static atomic_long counted;
static atomic_int fired;
static char fired_call[32], fired_path[NAME];

/* What each descriptor is; a race between threads costs a count, nothing else. */
static unsigned char class_of[PATHS];
static char path_of[PATHS][NAME];

static void copy(char *to, const char *from, size_t size) {
  snprintf(to, size, "%s", from ? from : "");
}

__attribute__((constructor)) static void begin(void) {
  const char *class = getenv("FAULTS_CLASS"), *log = getenv("FAULTS_LOG");
  copy(under, getenv("FAULTS_UNDER"), NAME);
  copy(path_filter, getenv("FAULTS_PATH"), NAME);
  copy(calls, getenv("FAULTS_CALLS"), NAME);
  copy(what, getenv("FAULTS_DO"), sizeof what);
  at = atol(getenv("FAULTS_AT") ? getenv("FAULTS_AT") : "0");
  milliseconds = atol(getenv("FAULTS_MS") ? getenv("FAULTS_MS") : "0");
  error_number = atoi(getenv("FAULTS_ERRNO") ? getenv("FAULTS_ERRNO") : "5");
  if (log) {
    int fd = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    log_fd = fcntl(fd, F_DUPFD_CLOEXEC, 900);
    syscall(SYS_close, fd);
  }
  if (class) classes = !strcmp(class, "file") ? FILES : !strcmp(class, "net") ? NET : FILES | NET;
}

static void tell(const char *word, long number, const char *call, const char *path) {
  char line[NAME + 80];
  int length = snprintf(line, sizeof line, "%s %ld %s %s\n", word, number, call, path);
  if (log_fd >= 0 && length > 0) syscall(SYS_write, log_fd, line, (size_t)length);
}

/* 0: go on; an error number: fail; -1: do half of it. */
static int met(const char *call, int class, const char *path) {
  char listed[40];
  if (!(class & classes)) return 0;
  snprintf(listed, sizeof listed, ",%s,", call);
  if (*calls && !strstr(calls, listed)) return 0;
  if (*path_filter && !strstr(path, path_filter)) return 0;
  long number = atomic_fetch_add(&counted, 1) + 1;
  if (at == 0) tell("call", number, call, path);
  if (at == 0 || number < at) return 0;
  if (number > at) {
    if (!strcmp(what, "dead")) return error_number;
    if (!strcmp(what, "always") && atomic_load(&fired) && !strcmp(call, fired_call) && !strcmp(path, fired_path))
      return error_number;
    return 0;
  }
  copy(fired_call, call, sizeof fired_call);
  copy(fired_path, path, NAME);
  atomic_store(&fired, 1);
  tell("FIRED", number, call, path);
  if (!strcmp(what, "kill")) {
    syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
    for (;;) pause();
  }
  if (!strcmp(what, "delay")) {
    struct timespec left = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&left, &left)) continue;
    return 0;
  }
  return !strcmp(what, "short") ? -1 : error_number;
}

static int known(int fd) { return fd >= 0 && fd < PATHS ? class_of[fd] : NONE; }

/* The whole path; its class. */
static int placed(int folder, const char *path, char *whole) {
  if (!path) return NONE;
  if (path[0] != '/' && folder != AT_FDCWD) {
    if (known(folder) != FILES) return NONE;
    snprintf(whole, NAME, "%.255s/%.255s", path_of[folder], path);
    return FILES;
  }
  copy(whole, path, NAME);
  return path[0] != '/' || !strncmp(path, under, strlen(under)) ? FILES : NONE;
}

static void remember(int fd, int class, const char *path) {
  if (fd < 0 || fd >= PATHS) return;
  class_of[fd] = class;
  copy(path_of[fd], path, NAME);
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define FAIL_IF(result, error) \
  do { \
    int error_ = (error); \
    if (error_ > 0) { \
      errno = error_; \
      return result; \
    } \
  } while (0)

static int opens(int flags) { return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE; }

#define OPEN(name, folder, parameters, arguments) \
  int name parameters { \
    REAL(name); \
    mode_t mode = 0; \
    char whole[NAME]; \
    if (opens(flags)) { \
      va_list rest; \
      va_start(rest, flags); \
      mode = va_arg(rest, mode_t); \
      va_end(rest); \
    } \
    int class = placed(folder, path, whole); \
    FAIL_IF(-1, met("open", class, whole)); \
    int fd = real arguments; \
    remember(fd, class, whole); \
    return fd; \
  }
OPEN(open, AT_FDCWD, (const char *path, int flags, ...), (path, flags, mode))
OPEN(open64, AT_FDCWD, (const char *path, int flags, ...), (path, flags, mode))
OPEN(openat, folder, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
OPEN(openat64, folder, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))

int close(int fd) {
  REAL(close);
  if (fd >= 0 && fd < PATHS) class_of[fd] = NONE;
  return real(fd);
}

int closedir(DIR *folder) {
  REAL(closedir);
  int fd = dirfd(folder);
  if (fd >= 0 && fd < PATHS) class_of[fd] = NONE;
  return real(folder);
}

DIR *opendir(const char *path) {
  REAL(opendir);
  char whole[NAME];
  FAIL_IF(NULL, met("opendir", placed(AT_FDCWD, path, whole), whole));
  return real(path);
}

/* Calls on a descriptor. */
#define ON_FD(type, name, word, parameters, arguments) \
  type name parameters { \
    REAL(name); \
    int class = known(fd); \
    if (class) FAIL_IF(-1, met(word, class, path_of[fd])); \
    return real arguments; \
  }
ON_FD(ssize_t, read, "read", (int fd, void *to, size_t size), (fd, to, size))
ON_FD(ssize_t, pread, "read", (int fd, void *to, size_t size, off_t place), (fd, to, size, place))
ON_FD(ssize_t, pread64, "read", (int fd, void *to, size_t size, off64_t place), (fd, to, size, place))
ON_FD(ssize_t, readv, "read", (int fd, const struct iovec *to, int count), (fd, to, count))
ON_FD(ssize_t, writev, "write", (int fd, const struct iovec *from, int count), (fd, from, count))
ON_FD(int, fsync, "sync", (int fd), (fd))
ON_FD(int, fdatasync, "sync", (int fd), (fd))
ON_FD(int, ftruncate, "truncate", (int fd, off_t size), (fd, size))
ON_FD(int, ftruncate64, "truncate", (int fd, off64_t size), (fd, size))
ON_FD(ssize_t, send, "send", (int fd, const void *from, size_t size, int flags), (fd, from, size, flags))
ON_FD(ssize_t, recv, "recv", (int fd, void *to, size_t size, int flags), (fd, to, size, flags))

#define WRITE(name, parameters, whole, half) \
  ssize_t name parameters { \
    REAL(name); \
    int class = known(fd); \
    if (class) { \
      int answer = met("write", class, path_of[fd]); \
      FAIL_IF(-1, answer); \
      if (answer < 0 && size > 1) return real half; \
    } \
    return real whole; \
  }
WRITE(write, (int fd, const void *from, size_t size), (fd, from, size), (fd, from, size / 2))
WRITE(pwrite, (int fd, const void *from, size_t size, off_t place), (fd, from, size, place), (fd, from, size / 2, place))
WRITE(pwrite64, (int fd, const void *from, size_t size, off64_t place), (fd, from, size, place),
      (fd, from, size / 2, place))

int connect(int fd, const struct sockaddr *address, socklen_t size) {
  REAL(connect);
  remember(fd, NET, "connection");
  FAIL_IF(-1, met("connect", NET, "connection"));
  return real(fd, address, size);
}

/* Calls on a path. */
#define ON_PATH(name, word, folder, parameters, arguments) \
  int name parameters { \
    REAL(name); \
    char whole[NAME]; \
    FAIL_IF(-1, met(word, placed(folder, path, whole), whole)); \
    return real arguments; \
  }
ON_PATH(rename, "rename", AT_FDCWD, (const char *path, const char *to), (path, to))
ON_PATH(renameat, "rename", folder, (int folder, const char *path, int other, const char *to), (folder, path, other, to))
ON_PATH(renameat2, "rename", folder, (int folder, const char *path, int other, const char *to, unsigned flags),
        (folder, path, other, to, flags))
ON_PATH(link, "link", AT_FDCWD, (const char *path, const char *to), (path, to))
ON_PATH(unlink, "unlink", AT_FDCWD, (const char *path), (path))
ON_PATH(unlinkat, "unlink", folder, (int folder, const char *path, int flags), (folder, path, flags))
ON_PATH(mkdir, "mkdir", AT_FDCWD, (const char *path, mode_t mode), (path, mode))
ON_PATH(mkdirat, "mkdir", folder, (int folder, const char *path, mode_t mode), (folder, path, mode))
ON_PATH(rmdir, "rmdir", AT_FDCWD, (const char *path), (path))
ON_PATH(stat, "stat", AT_FDCWD, (const char *path, struct stat *to), (path, to))
ON_PATH(lstat, "stat", AT_FDCWD, (const char *path, struct stat *to), (path, to))
ON_PATH(stat64, "stat", AT_FDCWD, (const char *path, struct stat64 *to), (path, to))
ON_PATH(lstat64, "stat", AT_FDCWD, (const char *path, struct stat64 *to), (path, to))

/* The name is empty where a descriptor is meant, and nothing at all where Rust asks whether there is such a call. */
int statx(int folder, const char *path, int flags, unsigned mask, struct statx *to) {
  REAL(statx);
  char whole[NAME];
  const char *volatile given = path;
  if (given && *path) FAIL_IF(-1, met("stat", placed(folder, path, whole), whole));
  return real(folder, path, flags, mask, to);
}
