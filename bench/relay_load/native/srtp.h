/* SRTP and SRTCP with AES-128-GCM (RFC 7714) by OpenSSL: one cipher context for each direction. */

#ifndef SRTP_H
#define SRTP_H

#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

enum { TAG = 16, KEY = 16, SALT = 12, RTCP_TRAILER = 4 };

/* A session key and salt, derived by the caller (RFC 3711, 4.3). */
struct cipher {
    EVP_CIPHER_CTX *context;
    uint8_t salt[SALT];
};

static inline void put16(uint8_t *at, uint32_t value) {
    at[0] = value >> 8;
    at[1] = value;
}

static inline void put32(uint8_t *at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value);
}

static inline uint32_t get16(const uint8_t *at) { return at[0] << 8 | at[1]; }

static inline uint32_t get32(const uint8_t *at) { return get16(at) << 16 | get16(at + 2); }

static inline void cipher_init(struct cipher *cipher, const uint8_t *key_and_salt, int encrypts) {
    cipher->context = EVP_CIPHER_CTX_new();
    EVP_CipherInit_ex(cipher->context, EVP_aes_128_gcm(), NULL, key_and_salt, NULL, encrypts);
    memcpy(cipher->salt, key_and_salt + KEY, SALT);
}

static inline void cipher_begin(struct cipher *cipher, uint32_t ssrc, uint32_t high, uint32_t low) {
    uint8_t iv[12] = {0};
    put32(iv + 2, ssrc);
    put32(iv + 6, high);
    put16(iv + 10, low);
    for (int i = 0; i < 12; i++) iv[i] ^= cipher->salt[i];
    EVP_CipherInit_ex(cipher->context, NULL, NULL, NULL, iv, -1);
}

static inline void cipher_seal(struct cipher *cipher, uint8_t *data, int length) {
    int done;
    EVP_EncryptUpdate(cipher->context, data, &done, data, length);
    EVP_EncryptFinal_ex(cipher->context, data + length, &done);
    EVP_CIPHER_CTX_ctrl(cipher->context, EVP_CTRL_GCM_GET_TAG, TAG, data + length);
}

static inline int cipher_open(struct cipher *cipher, uint8_t *data, int length) {
    int done;
    EVP_DecryptUpdate(cipher->context, data, &done, data, length);
    EVP_CIPHER_CTX_ctrl(cipher->context, EVP_CTRL_GCM_SET_TAG, TAG, data + length);
    return EVP_DecryptFinal_ex(cipher->context, data + length, &done) > 0;
}

static inline void cipher_also_covers(struct cipher *cipher, const uint8_t *data, int length) {
    int done;
    EVP_CipherUpdate(cipher->context, NULL, &done, data, length);
}

/* The length of the protected packet; `packet` has room for the tag. */
static inline int rtp_protect(struct cipher *cipher, uint8_t *packet, int header, int length,
                              uint32_t rollovers) {
    cipher_begin(cipher, get32(packet + 8), rollovers, get16(packet + 2));
    cipher_also_covers(cipher, packet, header);
    cipher_seal(cipher, packet + header, length - header);
    return length + TAG;
}

/* The length of the plain packet, or -1. */
static inline int rtp_unprotect(struct cipher *cipher, uint8_t *packet, int header, int length,
                                uint32_t rollovers) {
    if (length < header + TAG) return -1;
    cipher_begin(cipher, get32(packet + 8), rollovers, get16(packet + 2));
    cipher_also_covers(cipher, packet, header);
    return cipher_open(cipher, packet + header, length - header - TAG) ? length - TAG : -1;
}

static inline int rtcp_protect(struct cipher *cipher, uint8_t *packet, int length, uint32_t index) {
    uint8_t trailer[RTCP_TRAILER];
    put32(trailer, 0x80000000u | index);
    cipher_begin(cipher, get32(packet + 4), index >> 16, index & 0xFFFF);
    cipher_also_covers(cipher, packet, 8);
    cipher_also_covers(cipher, trailer, RTCP_TRAILER);
    cipher_seal(cipher, packet + 8, length - 8);
    memcpy(packet + length + TAG, trailer, RTCP_TRAILER);
    return length + TAG + RTCP_TRAILER;
}

static inline int rtcp_unprotect(struct cipher *cipher, uint8_t *packet, int length) {
    int plain = length - TAG - RTCP_TRAILER;
    if (plain < 8) return -1;
    const uint8_t *trailer = packet + length - RTCP_TRAILER;
    uint32_t index = get32(trailer) & 0x7FFFFFFF;
    cipher_begin(cipher, get32(packet + 4), index >> 16, index & 0xFFFF);
    cipher_also_covers(cipher, packet, 8);
    cipher_also_covers(cipher, trailer, RTCP_TRAILER);
    return cipher_open(cipher, packet + 8, plain - 8) ? plain : -1;
}

#endif
