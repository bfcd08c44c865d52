/* What members receive: decrypted, checked against its marker, counted. */

#define _GNU_SOURCE
#include "watch.h"

#include <sys/socket.h>

#include "clock.h"
#include "feedback.h"
#include "marker.h"

enum { REPAIR = 2, BATCH = 64, DATAGRAM = 1600, LATE_NS = 100000000, LATENCY_STEP = 10000 };

static uint8_t buffers[BATCH][DATAGRAM];
static uint8_t controls[BATCH][64];

static struct incoming *incoming_of(struct line *line, uint32_t ssrc) {
    for (uint32_t i = 0; i < MAX_STREAMS; i++) {
        struct incoming *in = &line->in[(ssrc + i) % MAX_STREAMS];
        if (in->ssrc == ssrc) return in;
        if (!in->ssrc) {
            in->ssrc = ssrc;
            return in;
        }
    }
    return NULL;
}

/* The sequence number with its rollovers (RFC 3711, appendix A). */
static uint32_t extended(const struct incoming *in, uint16_t sequence) {
    if (!in->received) return sequence;
    int16_t step = sequence - in->highest;
    return step < 0 && in->highest < (uint32_t)-step ? sequence : in->highest + step;
}

static void note_sequence(struct incoming *in, uint32_t position) {
    if (!in->received) in->base = in->highest = position;
    if (position > in->highest) in->highest = position;
    in->received++;
}

static int header_length(const uint8_t *packet, int length) {
    int header = 12 + 4 * (packet[0] & 15);
    if (packet[0] & 0x10 && header + 4 <= length) header += 4 + 4 * get16(packet + header + 2);
    return header;
}

static void note_transport_sequence(struct line *line, const uint8_t *packet, int header,
                                    uint64_t at) {
    if (!line->watched_transport_cc || !(packet[0] & 0x10)) return;
    for (int i = 12 + 4 * (packet[0] & 15) + 4; i < header;) {
        int id = packet[i] >> 4, length = (packet[i] & 15) + 1;
        if (id == line->watched_transport_cc && length == 2 && i + 2 < header)
            note_arrival(line, get16(packet + i + 1), at);
        i += id ? 1 + length : 1;
    }
}

/* Every counter must differ from the publisher's by one constant, which only a key frame (or,
   for audio, nothing) may change. */
static int is_rightly_numbered(struct incoming *in, const struct marker *marker,
                               const uint8_t *packet, const uint8_t *payload) {
    uint16_t sequence = get16(packet + 2) - marker->counter;
    uint32_t timestamp = get32(packet + 4) - marker->timestamp;
    uint16_t picture = 0;
    int may_begin = !in->is_numbered;
    if (marker->kind == VIDEO) {
        picture = (get16(payload + 2) - marker->picture) & 0x7FFF;
        may_begin |= payload[0] & 0x10 && !(payload[6] & 1);
    }
    if (may_begin) {
        in->is_numbered = 1;
        in->sequence_shift = sequence;
        in->timestamp_shift = timestamp;
        in->picture_shift = picture;
    }
    return in->sequence_shift == sequence && in->timestamp_shift == timestamp &&
           in->picture_shift == picture;
}

static void count(struct load *load, struct line *line, const struct marker *marker, uint64_t at) {
    struct result *result = &load->result;
    if (!load->window || marker->window != load->window) return;
    uint32_t place = marker->counter % PACKETS_COUNTED;
    uint8_t *seen = &line->seen[marker->member][marker->kind][place / 8];
    if (*seen & 1 << place % 8) {
        result->duplicates++;
        return;
    }
    *seen |= 1 << place % 8;
    uint64_t latency = at > marker->sent_at ? at - marker->sent_at : 0;
    result->delivered++;
    result->late += latency > LATE_NS;
    latency /= LATENCY_STEP;
    load->latencies[latency < LATENCIES ? latency : LATENCIES - 1]++;
}

static int is_whole(const struct line *line, const struct marker *marker, const uint8_t *body,
                    int length) {
    return marker->magic == MAGIC && marker->room == line->room && marker->member < MAX_ROOM &&
           marker->member != line->member && marker->kind < KINDS &&
           marker->sum == sum_of(body, length);
}

/* One media packet in clear. A repair (RTX) holds the original number before its payload, and
   is told by its length: payloads are whole tens. */
static void take(struct load *load, struct line *line, struct incoming *in, uint8_t *packet,
                 int header, int length, uint64_t at) {
    int is_repair = (length - header) % 10 == REPAIR;
    if (packet[0] & 0x20 || length - header < AUDIO_PAYLOAD) {
        load->result.padding++;
        return;
    }
    header += is_repair ? REPAIR : 0;
    int start = header + (length - header == VIDEO_PAYLOAD ? DESCRIPTOR + 1 : 1);
    struct marker marker;
    memcpy(&marker, packet + start, sizeof marker);
    int body = start + sizeof marker;
    if (!is_whole(line, &marker, packet + body, length - body)) {
        load->result.corrupt++;
        return;
    }
    if (is_repair)
        load->result.repaired++;
    else if (!is_rightly_numbered(in, &marker, packet, packet + header))
        load->result.corrupt++;
    count(load, line, &marker, at);
}

static void hear_media(struct load *load, struct line *line, uint8_t *packet, int length,
                       uint64_t at) {
    struct incoming *in = incoming_of(line, get32(packet + 8));
    int header = header_length(packet, length);
    if (!in) return;
    uint32_t position = extended(in, get16(packet + 2));
    length = rtp_unprotect(&line->rtp_in, packet, header, length, position >> 16);
    if (length < 0) {
        load->result.unreadable++;
        return;
    }
    note_sequence(in, position);
    note_transport_sequence(line, packet, header, at);
    if (line->watches) take(load, line, in, packet, header, length, at);
}

static void hear_message(struct load *load, struct line *line, const uint8_t *message, int length,
                         uint64_t at) {
    int type = message[1], format = message[0] & 31;
    if (type == 200 && length >= 28) {
        struct incoming *in = incoming_of(line, get32(message + 4));
        if (!in) return;
        in->last_report = get32(message + 8) << 16 | get32(message + 12) >> 16;
        in->report_at = at;
    } else if (type == 206 && (format == 1 || format == 4)) {
        line->out[VIDEO].wants_key_frame = 1;
        load->result.key_frame_requests++;
    } else if (type == 205 && format == 1) {
        load->result.negative_acknowledgements++;
    }
}

static void hear_control(struct load *load, struct line *line, uint8_t *packet, int length,
                         uint64_t at) {
    length = rtcp_unprotect(&line->rtcp_in, packet, length);
    if (length < 0) {
        load->result.unreadable++;
        return;
    }
    for (int i = 0, size; i + 8 <= length; i += size) {
        size = 4 * (get16(packet + i + 2) + 1);
        if (i + size <= length) hear_message(load, line, packet + i, size, at);
    }
}

static uint64_t arrival_of(struct msghdr *header) {
    struct cmsghdr *control = CMSG_FIRSTHDR(header);
    struct timespec at;
    if (!control || control->cmsg_type != SCM_TIMESTAMPNS) return wall_clock();
    memcpy(&at, CMSG_DATA(control), sizeof at);
    return at.tv_sec * NS + at.tv_nsec;
}

static int read_batch(int fd, struct mmsghdr *messages, struct iovec *vectors) {
    for (int i = 0; i < BATCH; i++) {
        vectors[i] = (struct iovec){buffers[i], DATAGRAM};
        messages[i].msg_hdr = (struct msghdr){
            .msg_iov = &vectors[i],
            .msg_iovlen = 1,
            .msg_control = controls[i],
            .msg_controllen = sizeof controls[i],
        };
    }
    return recvmmsg(fd, messages, BATCH, MSG_DONTWAIT, NULL);
}

void watch(struct load *load, struct line *line) {
    struct mmsghdr messages[BATCH];
    struct iovec vectors[BATCH];
    int got;
    do {
        got = read_batch(line->fd, messages, vectors);
        for (int i = 0; i < got; i++) {
            int length = messages[i].msg_len;
            uint8_t *packet = buffers[i];
            if (length < 12 || packet[0] < 128 || packet[0] > 191) continue;
            uint64_t at = arrival_of(&messages[i].msg_hdr);
            if (packet[1] >= 192 && packet[1] <= 223)
                hear_control(load, line, packet, length, at);
            else
                hear_media(load, line, packet, length, at);
        }
    } while (got == BATCH);
}
