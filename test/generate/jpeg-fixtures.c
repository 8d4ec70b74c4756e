/*
 * Makes test/fixtures/jpeg: small JPEG files of every kind that libjpeg-turbo writes, and the samples that it decodes
 * them to.
 *
 *   cc test/generate/jpeg-fixtures.c -ljpeg -lm -o /tmp/jpeg-fixtures && /tmp/jpeg-fixtures test/fixtures/jpeg
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <jpeglib.h>

#define MAX_SIDE 64

typedef struct {
  const char *name;
  int width, height;
  J_COLOR_SPACE input, stored;
  int h, v; /* sampling of the first component; the others have 1x1 */
  int quality, progressive, restart, interleaved;
} Fixture;

static const Fixture FIXTURES[] = {
  {"gray", 45, 35, JCS_GRAYSCALE, JCS_GRAYSCALE, 1, 1, 80, 0, 0, 1},
  {"gray-progressive", 45, 35, JCS_GRAYSCALE, JCS_GRAYSCALE, 1, 1, 80, 1, 0, 1},
  {"gray-2x2", 45, 35, JCS_GRAYSCALE, JCS_GRAYSCALE, 2, 2, 80, 0, 0, 1},
  {"444", 45, 35, JCS_RGB, JCS_YCbCr, 1, 1, 90, 0, 0, 1},
  {"422", 45, 35, JCS_RGB, JCS_YCbCr, 2, 1, 60, 0, 0, 1},
  {"420", 45, 35, JCS_RGB, JCS_YCbCr, 2, 2, 75, 0, 0, 1},
  {"440", 45, 35, JCS_RGB, JCS_YCbCr, 1, 2, 75, 0, 0, 1},
  {"411", 45, 35, JCS_RGB, JCS_YCbCr, 4, 1, 75, 0, 0, 1},
  {"410", 45, 35, JCS_RGB, JCS_YCbCr, 4, 2, 75, 0, 0, 1},
  {"420-quality-5", 45, 35, JCS_RGB, JCS_YCbCr, 2, 2, 5, 0, 0, 1},
  {"444-quality-100", 45, 35, JCS_RGB, JCS_YCbCr, 1, 1, 100, 0, 0, 1},
  {"420-progressive", 45, 35, JCS_RGB, JCS_YCbCr, 2, 2, 75, 1, 0, 1},
  {"422-progressive-restart", 45, 35, JCS_RGB, JCS_YCbCr, 2, 1, 75, 1, 4, 1},
  {"420-restart-1", 45, 35, JCS_RGB, JCS_YCbCr, 2, 2, 75, 0, 1, 1},
  {"444-restart-5", 45, 35, JCS_RGB, JCS_YCbCr, 1, 1, 75, 0, 5, 1},
  {"420-three-scans", 45, 35, JCS_RGB, JCS_YCbCr, 2, 2, 75, 0, 0, 0},
  {"rgb-adobe", 45, 35, JCS_RGB, JCS_RGB, 1, 1, 85, 0, 0, 1},
  {"cmyk-adobe", 45, 35, JCS_CMYK, JCS_CMYK, 1, 1, 85, 0, 0, 1},
  {"ycck-adobe", 45, 35, JCS_CMYK, JCS_YCCK, 2, 2, 85, 0, 0, 1},
  {"420-1x1", 1, 1, JCS_RGB, JCS_YCbCr, 2, 2, 75, 0, 0, 1},
  {"420-4x3", 4, 3, JCS_RGB, JCS_YCbCr, 2, 2, 75, 0, 0, 1},
  {"422-5x9", 5, 9, JCS_RGB, JCS_YCbCr, 2, 1, 75, 0, 0, 1},
  {"420-33x16", 33, 16, JCS_RGB, JCS_YCbCr, 2, 2, 75, 0, 0, 1},
};

/* Waves, an edge and a little noise: every coefficient gets something to do. */
static int sample_at(int x, int y, int band) {
  double wave = sin(x * (0.21 + 0.05 * band)) + cos(y * 0.17 + band) + sin((x + 2 * y) * 0.05);
  int edge = x > 20 + band && y > 12 ? 60 : 0;
  int noise = (int)((unsigned)(x * 7919 + y * 104729 + band * 1299709) * 2654435761u >> 28);
  int value = (int)(90 + 30 * wave) + edge + noise;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

static void write_jpeg(const Fixture *fixture, const char *path) {
  struct jpeg_compress_struct c;
  struct jpeg_error_mgr errors;
  jpeg_scan_info scans[3] = {{1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}};
  FILE *file = fopen(path, "wb");
  c.err = jpeg_std_error(&errors);
  jpeg_create_compress(&c);
  jpeg_stdio_dest(&c, file);
  c.image_width = fixture->width;
  c.image_height = fixture->height;
  c.in_color_space = fixture->input;
  c.input_components = fixture->input == JCS_GRAYSCALE ? 1 : fixture->input == JCS_RGB ? 3 : 4;
  jpeg_set_defaults(&c);
  jpeg_set_colorspace(&c, fixture->stored);
  jpeg_set_quality(&c, fixture->quality, TRUE);
  c.comp_info[0].h_samp_factor = fixture->h;
  c.comp_info[0].v_samp_factor = fixture->v;
  if (fixture->stored == JCS_YCCK) {
    c.comp_info[3].h_samp_factor = fixture->h;
    c.comp_info[3].v_samp_factor = fixture->v;
  }
  for (int i = 1; i < c.num_components - (fixture->stored == JCS_YCCK); i++) {
    c.comp_info[i].h_samp_factor = c.comp_info[i].v_samp_factor = 1;
  }
  if (fixture->progressive) jpeg_simple_progression(&c);
  if (!fixture->interleaved) {
    c.scan_info = scans;
    c.num_scans = 3;
  }
  c.restart_interval = fixture->restart;
  jpeg_start_compress(&c, TRUE);
  for (int y = 0; y < fixture->height; y++) {
    JSAMPLE row[MAX_SIDE * 4];
    JSAMPROW rows[1] = {row};
    for (int i = 0; i < fixture->width * c.input_components; i++) {
      row[i] = sample_at(i / c.input_components, y, i % c.input_components);
    }
    jpeg_write_scanlines(&c, rows, 1);
  }
  jpeg_finish_compress(&c);
  jpeg_destroy_compress(&c);
  fclose(file);
}

static void write_samples(const char *from, const char *to) {
  struct jpeg_decompress_struct d;
  struct jpeg_error_mgr errors;
  FILE *input = fopen(from, "rb"), *output = fopen(to, "wb");
  d.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&d);
  jpeg_stdio_src(&d, input);
  jpeg_read_header(&d, TRUE);
  jpeg_start_decompress(&d);
  while (d.output_scanline < d.output_height) {
    JSAMPLE row[MAX_SIDE * 4];
    JSAMPROW rows[1] = {row};
    jpeg_read_scanlines(&d, rows, 1);
    fwrite(row, 1, d.output_width * d.output_components, output);
  }
  jpeg_finish_decompress(&d);
  jpeg_destroy_decompress(&d);
  fclose(input);
  fclose(output);
}

int main(int argc, char **argv) {
  if (argc != 2) return 1;
  for (size_t i = 0; i < sizeof FIXTURES / sizeof FIXTURES[0]; i++) {
    char jpeg[512], samples[512];
    snprintf(jpeg, sizeof jpeg, "%s/%s.jpg", argv[1], FIXTURES[i].name);
    snprintf(samples, sizeof samples, "%s/%s.raw", argv[1], FIXTURES[i].name);
    write_jpeg(&FIXTURES[i], jpeg);
    write_samples(jpeg, samples);
  }
  return 0;
}
