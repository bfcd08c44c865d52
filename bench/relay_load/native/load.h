/* The load's own shapes: lines (sockets with keys), what they send, what they watch. */

#ifndef LOAD_H
#define LOAD_H

#include "srtp.h"

enum {
    MAX_LINES = 512,
    MAX_ROOM = 16,
    KINDS = 2,
    MAX_STREAMS = 128, /* open addressing; a subscriber in a full room hears 46 */
    PACKETS_COUNTED = 1 << 15,
    LATENCIES = 100000, /* of 10 microseconds: one second */
    ARRIVALS = 2048,
};

enum kind { VIDEO, AUDIO };

/* Header extensions of what is sent; id 0 leaves one out. */
struct extensions {
    uint8_t transport_cc, mid, rid;
    char mid_text[4], rid_text[4];
};

struct outgoing {
    uint32_t ssrc, counter, window_first, sent_bytes;
    uint8_t payload_type;
    struct extensions extensions;
    uint64_t due;
    int wants_key_frame;
};

/* One SSRC as a watcher hears it, and how it must differ from what its publisher sent. */
struct incoming {
    uint32_t ssrc, highest, received, base, last_report, rollover_known;
    int member, is_numbered;
    uint16_t sequence_shift, picture_shift;
    uint32_t timestamp_shift;
    uint64_t report_at;
};

struct arrival {
    uint16_t number;
    uint64_t at;
};

struct line {
    int fd, index, room, member, publishes, watches;
    struct cipher rtp_out, rtp_in, rtcp_out, rtcp_in;
    uint32_t rtcp_index, ssrc;
    uint16_t transport_sequence;
    struct outgoing out[KINDS];
    struct incoming in[MAX_STREAMS];
    uint8_t seen[MAX_ROOM][KINDS][PACKETS_COUNTED / 8];
    uint8_t watched_transport_cc, feedback_count;
    struct arrival arrivals[ARRIVALS];
    int arrived;
    uint64_t report_due, feedback_due;
};

struct result {
    uint64_t sent, expected, delivered, duplicates, repaired, corrupt, unreadable, late;
    uint64_t key_frame_requests, negative_acknowledgements, padding;
    double median_ms, p99_ms, seconds, own_cpu_seconds;
};

struct load {
    struct line *lines[MAX_LINES];
    int count, tick;
    uint8_t window;
    uint32_t latencies[LATENCIES];
    struct result result;
};

struct load *load_new(void);
void load_free(struct load *load);
/* `keys`: RTP key and salt, RTCP key and salt, to send; then the same four to receive. */
int load_add_line(struct load *load, int fd, int room, int member, const uint8_t *keys);
void load_publish(struct load *load, int line, int kind, uint32_t ssrc, int payload_type,
                  const struct extensions *extensions);
void load_watch(struct load *load, int line, int transport_cc);
/* Sends and receives for so long, and counts what was sent meanwhile; `waits` also for what is
   still on its way at the end, sending nothing more. */
void load_run(struct load *load, double seconds, int waits);
void load_result(const struct load *load, struct result *result);

#endif
