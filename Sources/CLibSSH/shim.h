// What Swift cannot import from libssh's headers and from those of the loop that drives it, because it is a macro there or takes
// any number of arguments.

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

// Bytes that a socket has for its reader now; 0 where nobody can tell.
static inline int shim_readable_bytes(int fd) {
    int count = 0;
    return ioctl(fd, FIONREAD, &count) == 0 ? count : 0;
}

// What is ready of what epoll watches, and the number it is watched by.
struct shim_event {
    uint64_t number;
    uint32_t readiness;
};

static inline int shim_epoll_control(int epoll, int operation, int fd, uint32_t interest, uint64_t number) {
    struct epoll_event event = {.events = interest, .data = {.u64 = number}};
    return epoll_ctl(epoll, operation, fd, &event);
}

// At most 128 of them.
static inline int shim_epoll_wait(int epoll, struct shim_event *ready, int limit, int milliseconds) {
    struct epoll_event events[128];
    int count = epoll_wait(epoll, events, limit < 128 ? limit : 128, milliseconds);
    for (int i = 0; i < count; i++) {
        ready[i].number = events[i].data.u64;
        ready[i].readiness = events[i].events;
    }
    return count;
}

// accept4 is declared for those alone who ask for all of GNU's.
int accept4(int fd, struct sockaddr *name, socklen_t *length, int flags);
static inline int shim_accept(int fd) { return accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

// Of the host's configuration files nothing is read: what the gateway does is written in the edge's.
static inline int shim_ignore_host_configuration(ssh_bind bind) {
    bool reads = false;
    return ssh_bind_options_set(bind, SSH_BIND_OPTIONS_PROCESS_CONFIG, &reads);
}

// The bind owns the key afterwards.
static inline int shim_import_key(ssh_bind bind, ssh_key key) {
    return ssh_bind_options_set(bind, SSH_BIND_OPTIONS_IMPORT_KEY, key);
}

static inline const char *shim_error_of_session(ssh_session session) { return ssh_get_error(session); }
static inline const char *shim_error_of_bind(ssh_bind bind) { return ssh_get_error(bind); }
