/* Preloaded into Janus: `lo` no longer says that it is a loopback, so Janus offers 127.0.0.1. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <ifaddrs.h>
#include <net/if.h>

int getifaddrs(struct ifaddrs **list) {
    int (*real)(struct ifaddrs **) = dlsym(RTLD_NEXT, "getifaddrs");
    int failed = real(list);
    for (struct ifaddrs *each = failed ? 0 : *list; each; each = each->ifa_next)
        each->ifa_flags &= ~IFF_LOOPBACK;
    return failed;
}
