"""Writes test/golden/colormaps.json: the published 256 colors of the perceptual color maps, as matplotlib ships them.

Needs matplotlib (any version since 3.3). Each map is one text: four hexadecimal digits a band, 0xFFFF for 1.
"""
import json, os
import matplotlib

names = ['viridis', 'magma', 'inferno', 'plasma', 'cividis', 'turbo']
maps = {name: ''.join(f'{round(v * 65535):04x}' for color in matplotlib.colormaps[name].colors for v in color) for name in names}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'golden', 'colormaps.json')
with open(path, 'w') as file:
    json.dump(maps, file, indent=0)
    file.write('\n')
