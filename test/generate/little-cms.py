"""Writes test/golden/lab-d50.json: colors of CIELAB under D50 and what Little CMS makes 16-bit sRGB of them.

Needs liblcms2 (Debian liblcms2-2, which libvips brings). In floats, without tables made beforehand.
"""
import ctypes, json, os

lcms = ctypes.CDLL('liblcms2.so.2')
for name in ('cmsCreateLab4Profile', 'cmsCreate_sRGBProfile', 'cmsOpenProfileFromFile', 'cmsCreateTransform'):
    getattr(lcms, name).restype = ctypes.c_void_p

# lcms2.h: FLOAT_SH(1)|COLORSPACE_SH|CHANNELS_SH(3)|BYTES_SH(0), where 0 bytes are a double.
LAB_DBL = (1 << 22) | (10 << 16) | (3 << 3)
RGB_DBL = (1 << 22) | (4 << 16) | (3 << 3)
RELATIVE, NO_OPTIMIZE, NO_CACHE = 1, 0x0100, 0x0040

lab = ctypes.c_void_p(lcms.cmsCreateLab4Profile(None))
srgb = ctypes.c_void_p(lcms.cmsCreate_sRGBProfile())
transform = ctypes.c_void_p(lcms.cmsCreateTransform(lab, LAB_DBL, srgb, RGB_DBL, RELATIVE, NO_OPTIMIZE | NO_CACHE))

colors = [(l, a, b) for l in range(2, 100, 7) for a in range(-121, 128, 11) for b in range(-121, 128, 11)]
given = (ctypes.c_double * (3 * len(colors)))(*[v for color in colors for v in color])
made = (ctypes.c_double * (3 * len(colors)))()
lcms.cmsDoTransform(transform, given, made, len(colors))
rows = []
for i, color in enumerate(colors):
    rgb = made[3 * i:3 * i + 3]
    if all(0 <= v <= 1 for v in rgb):
        rows.append([*color, *(round(v * 65535) for v in rgb)])
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'golden', 'lab-d50.json')
with open(path, 'w') as file:
    file.write('[\n' + ',\n'.join('  ' + json.dumps(row) for row in rows) + '\n]\n')
print(len(rows), 'colors by Little CMS', lcms.cmsGetEncodedCMMversion())
