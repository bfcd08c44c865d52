/* What members send: VP8-shaped and Opus-shaped packets at an even pace. */

#include "publish.h"

#include <sys/socket.h>

#include "clock.h"
#include "marker.h"

enum { KEY_FRAME_EVERY = 64, NAMED_PACKETS = 100, LATE_NS = 100000000 };

static const uint64_t INTERVAL[KINDS] = {NS / 250, NS / 50};

static int write_extension(uint8_t *at, int id, const void *value, int length) {
    at[0] = id << 4 | (length - 1);
    memcpy(at + 1, value, length);
    return 1 + length;
}

/* RFC 8285, one-byte form. Mid and rid name a stream until they are surely known. */
static int write_extensions(uint8_t *at, const struct outgoing *out, struct line *line) {
    const struct extensions *known = &out->extensions;
    int length = 4;
    if (known->transport_cc) {
        uint8_t number[2];
        put16(number, line->transport_sequence++);
        length += write_extension(at + length, known->transport_cc, number, 2);
    }
    if (known->mid && out->counter < NAMED_PACKETS)
        length += write_extension(at + length, known->mid, known->mid_text, strlen(known->mid_text));
    if (known->rid && out->counter < NAMED_PACKETS)
        length += write_extension(at + length, known->rid, known->rid_text, strlen(known->rid_text));
    if (length == 4) return 0;
    while (length % 4) at[length++] = 0;
    put16(at, 0xBEDE);
    put16(at + 2, length / 4 - 1);
    return length;
}

static int write_descriptor(uint8_t *at, struct outgoing *out, uint32_t picture) {
    int starts = out->counter % PACKETS_A_FRAME == 0;
    int is_key = starts && (out->wants_key_frame || picture % KEY_FRAME_EVERY == 0);
    if (is_key) out->wants_key_frame = 0;
    at[0] = starts ? 0x90 : 0x80;
    at[1] = 0xE0;
    put16(at + 2, 0x8000 | (picture & 0x7FFF));
    at[4] = picture;
    at[5] = 0;
    at[6] = !is_key; /* the inverse key frame bit */
    return DESCRIPTOR + 1;
}

static void write_marker(struct marker *marker, const struct load *load, const struct line *line,
                         enum kind kind, uint32_t timestamp, uint64_t now) {
    const struct outgoing *out = &line->out[kind];
    *marker = (struct marker){
        .magic = MAGIC,
        .counter = out->counter,
        .timestamp = timestamp,
        .room = line->room,
        .member = line->member,
        .picture = out->counter / PACKETS_A_FRAME,
        .kind = kind,
        .window = load->window,
        .sent_at = now,
    };
}

static void fill(uint8_t *at, int length, uint64_t seed) {
    for (int i = 0; i + 8 <= length; i += 8) {
        seed = seed * 6364136223846793005ull + 1442695040888963407ull;
        memcpy(at + i, &seed, 8);
    }
}

static void send_packet(struct load *load, struct line *line, enum kind kind, uint64_t now) {
    struct outgoing *out = &line->out[kind];
    uint8_t packet[1500] = {0};
    uint32_t picture = out->counter / PACKETS_A_FRAME;
    uint32_t timestamp = kind == VIDEO ? picture * 2880 : out->counter * 960;
    int ends = kind == VIDEO && out->counter % PACKETS_A_FRAME == PACKETS_A_FRAME - 1;
    put16(packet + 2, out->counter);
    put32(packet + 4, timestamp);
    put32(packet + 8, out->ssrc);
    int header = 12 + write_extensions(packet + 12, out, line);
    packet[0] = header > 12 ? 0x90 : 0x80;
    packet[1] = out->payload_type | ends << 7;
    int start = header + (kind == VIDEO ? write_descriptor(packet + header, out, picture) : 1);
    int length = header + (kind == VIDEO ? VIDEO_PAYLOAD : AUDIO_PAYLOAD);
    struct marker marker;
    write_marker(&marker, load, line, kind, timestamp, now);
    int body = start + sizeof marker;
    fill(packet + body, length - body, now);
    marker.sum = sum_of(packet + body, length - body);
    memcpy(packet + start, &marker, sizeof marker);
    int whole = rtp_protect(&line->rtp_out, packet, header, length, out->counter >> 16);
    send(line->fd, packet, whole, MSG_DONTWAIT);
    out->counter++;
    out->sent_bytes += length - header;
}

/* Even places in the interval, however many there are: multiples of the golden ratio (Knuth). */
uint64_t due_after(uint64_t now, int index, int kind) {
    uint64_t interval = INTERVAL[kind];
    uint32_t place = (uint32_t)(KINDS * index + kind) * 2654435769u;
    return now - now % interval + interval + (place * interval >> 32);
}

void publish(struct load *load, struct line *line, uint64_t now) {
    for (int kind = 0; kind < KINDS; kind++) {
        struct outgoing *out = &line->out[kind];
        if (!out->ssrc) continue;
        /* After a pause nothing is made up for, and each stream keeps its place in the interval. */
        if (now > out->due + LATE_NS) out->due = due_after(now, line->index, kind);
        for (; out->due <= now; out->due += INTERVAL[kind]) send_packet(load, line, kind, now);
    }
}
