/* What every media payload carries, so that loss, mixed-up and altered packets show. */

#ifndef MARKER_H
#define MARKER_H

#include <stdint.h>

enum {
    DESCRIPTOR = 6, /* VP8: flags, I+L+T, two of picture id, tl0picidx, temporal layer */
    VIDEO_PAYLOAD = 1100,
    AUDIO_PAYLOAD = 100,
    PACKETS_A_FRAME = 8,
    MAGIC = 0x51524d31,
};

struct __attribute__((packed)) marker {
    uint32_t magic, counter, timestamp, sum;
    uint16_t room, member, picture;
    uint8_t kind, window;
    uint64_t sent_at;
};

static inline uint32_t sum_of(const uint8_t *data, int length) {
    uint64_t sum = length;
    for (; length >= 8; data += 8, length -= 8) {
        uint64_t word;
        __builtin_memcpy(&word, data, 8);
        sum = (sum ^ word) * 0x9E3779B97F4A7C15ull;
    }
    return sum >> 32;
}

#endif
