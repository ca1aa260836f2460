/*
 * What the drawing program and the measuring client share: the clock, and the marker that carries a number
 * through pixels.
 *
 * A marker is a square of one colour. Each of red, green and blue has one of six levels, so it holds a number
 * below 216; levels are far enough apart to survive JPEG. Frame n shows code (n * 77) mod 216: neighbouring
 * frames look quite different, so a misread colour shows up as an absurd latency and not as a small one.
 */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H
#include <stdint.h>
#include <time.h>

#define MARKER_SIZE 16      /* pixels; a multiple of every JPEG block */
#define FRAME_MARKER_X 0    /* the marker of frames is in the upper left corner … */
#define KEY_MARKER_X 32     /* … and that of keys typed, where there is one, beside it */
#define MARKER_Y 0
#define MARKER_CODES 216
#define MARKER_STEP 77      /* has no factor in common with 216 */
#define MARKER_LOWEST 25
#define MARKER_SPACING 41
#define MARKER_TOLERANCE 18 /* of 255; below half of the spacing */

/* Nanoseconds of CLOCK_MONOTONIC: the same clock in all processes. */
static inline int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline uint32_t marker_colour(int number) {
  int code = (int)((int64_t)number * MARKER_STEP % MARKER_CODES);
  uint32_t r = MARKER_LOWEST + MARKER_SPACING * (code / 36);
  uint32_t g = MARKER_LOWEST + MARKER_SPACING * (code / 6 % 6);
  uint32_t b = MARKER_LOWEST + MARKER_SPACING * (code % 6);
  return r << 16 | g << 8 | b;
}

/* The code of a colour, or -1 when it is no marker's. */
static inline int marker_code(uint32_t colour) {
  int code = 0;
  for (int shift = 16; shift >= 0; shift -= 8) {
    int above = (int)(colour >> shift & 255) - MARKER_LOWEST;
    int level = (above + MARKER_SPACING / 2) / MARKER_SPACING;
    int error = above - level * MARKER_SPACING;
    if (above < -MARKER_TOLERANCE || level > 5 || error < -MARKER_TOLERANCE || error > MARKER_TOLERANCE) return -1;
    code = code * 6 + level;
  }
  return code;
}
/* FNV-1a of pixels' colours, row by row: to see whether two pictures are the same. */
static inline uint64_t hash_pixels(uint64_t hash, const uint32_t *pixels, int count) {
  for (int i = 0; i < count; i++) hash = (hash ^ (pixels[i] & 0xffffff)) * 0x100000001b3u;
  return hash;
}
#define HASH_START 0xcbf29ce484222325u
#endif
